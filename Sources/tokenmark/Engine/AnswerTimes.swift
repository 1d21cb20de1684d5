/// FTL and TPS, as the guides' chats print them.
struct AnswerTimes: Equatable {
    /// First token latency.
    let firstTokenSeconds: Double
    /// nil if there was no token after the first.
    let tokensPerSecond: Double?

    static let definitions = """
        FTL: seconds from the prompt's token ids to the first token chosen; tokenization is not in it.
        TPS: tokens after the first (end token too, all answers of a batch) per second after the first.
        """

    /// In one line.
    var text: String {
        let rate =
            tokensPerSecond.map { "\(Self.rounded($0, 100)) tokens/s" }
            ?? "none, there was no token after the first"
        return "FTL: \(Self.rounded(firstTokenSeconds, 10000)) s, TPS: \(rate)"
    }

    private static func rounded(_ value: Double, _ parts: Double) -> Double {
        (value * parts).rounded() / parts
    }
}
