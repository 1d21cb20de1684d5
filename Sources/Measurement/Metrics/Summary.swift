/// What the repetitions of a point say together.
public struct Summary: Equatable, Sendable {
    /// One per repetition, in the order they ran; at least one.
    public let samples: [Sample]

    /// Takes the samples of one point; nil if there are none.
    public init?(_ samples: [Sample]) {
        guard !samples.isEmpty else { return nil }
        self.samples = samples
    }

    /// n, the number of repetitions.
    public var count: Int { samples.count }

    /// The statistics of one metric over the repetitions that have it; nil if none has.
    public func statistics(of metric: KeyPath<Sample, Double?>) -> Statistics? {
        Statistics(samples.compactMap { $0[keyPath: metric] })
    }

    /// ITL: the gaps of all repetitions pooled, in milliseconds; nil if there are none.
    public var gaps: Statistics? { Statistics(samples.flatMap(\.gaps)) }

    /// How much later gaps are longer, in milliseconds a token of context: the median over the
    /// repetitions, and over the requests that differ, of the Theil–Sen slope of gap against position;
    /// nil without two gaps.
    public var gapSlope: Double? {
        let sequences = samples.flatMap { sample in
            sample.isLockStep ? [sample.gaps] : sample.load.requests.map(\.gaps)
        }
        return Statistics(sequences.compactMap { Trend($0)?.slope })?.median
    }

    /// The repetition whose response time is the median; of two middle ones the shorter.
    ///
    /// A table that shows one repetition shows this one, so that its columns belong together.
    public var representative: Sample {
        let order = samples.indices.sorted {
            (samples[$0].responseNanoseconds, $0) < (samples[$1].responseNanoseconds, $1)
        }
        return samples[order[(order.count - 1) / 2]]
    }

    /// Prompt tokens a second, as the ratio of the sums over the repetitions.
    public var prefillRate: Double? { Work.rate(of: samples.compactMap(\.prefillWork)) }

    /// Tokens a second after the first, as the ratio of the sums over the repetitions.
    public var decodeRate: Double? { Work.rate(of: samples.compactMap(\.decodeWork)) }

    /// Tokens a second end to end, as the ratio of the sums over the repetitions.
    public var outputRate: Double? { Work.rate(of: samples.map(\.outputWork)) }

    /// The remarks of all repetitions, each once.
    public var remarks: [Remark] {
        let all = Set(samples.flatMap(\.remarks))
        return Remark.allCases.filter(all.contains)
    }
}

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
