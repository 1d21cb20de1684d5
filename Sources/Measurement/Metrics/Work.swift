/// Tokens done in a time: what a rate is made of, and what rates are added up from.
struct Work {
    var tokens: Double
    var seconds: Double

    /// Tokens a second; nil if no time passed, or less than none.
    var rate: Double? { seconds > 0 ? tokens / seconds : nil }

    /// The rate of all work together: the ratio of the sums, not the mean of the rates.
    ///
    /// A mean of rates would let the fastest repetition count for more time than it took.
    static func rate(of works: [Work]) -> Double? {
        works.reduce(into: Work(tokens: 0, seconds: 0)) {
            $0.tokens += $1.tokens
            $0.seconds += $1.seconds
        }.rate
    }
}
