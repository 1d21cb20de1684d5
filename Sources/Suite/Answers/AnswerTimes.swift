/// FTL and TPS, as the guides' chats print them.
package struct AnswerTimes: Equatable {
    /// First token latency.
    package let firstTokenSeconds: Double
    /// nil if there was no token after the first.
    package let tokensPerSecond: Double?

    package init(firstTokenSeconds: Double, tokensPerSecond: Double?) {
        self.firstTokenSeconds = firstTokenSeconds
        self.tokensPerSecond = tokensPerSecond
    }

    package static let definitions = """
        FTL: seconds from the prompt's token ids to the first token chosen; tokenization is not in it.
        TPS: tokens after the first (end token too, all answers of a batch) per second after the first.
        """

    /// In one line.
    package var text: String {
        let rate =
            tokensPerSecond.map { "\(Self.rounded($0, 100)) tokens/s" }
            ?? "none, there was no token after the first"
        return "FTL: \(Self.rounded(firstTokenSeconds, 10000)) s, TPS: \(rate)"
    }

    private static func rounded(_ value: Double, _ parts: Double) -> Double {
        (value * parts).rounded() / parts
    }
}
