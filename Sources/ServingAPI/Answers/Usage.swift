/// Tokens that a request took.
package struct Usage: Equatable, Sendable {
    package var promptTokens: Int
    package var completionTokens: Int
    /// Of the prompt, found in the prefix cache.
    package var cachedTokens: Int

    package init(promptTokens: Int, completionTokens: Int, cachedTokens: Int = 0) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
    }
}

/// Times of a request, as the server saw them.
///
/// Its names are vLLM's, where that has one.
package struct RequestMetrics: Equatable, Sendable {
    /// Until it was admitted.
    package var queue: Double
    /// From there to its first token.
    package var prefill: Double
    /// From there to its last.
    package var decode: Double
    /// After the first.
    package var furtherTokens: Int

    /// Times in seconds.
    package init(queue: Double, prefill: Double, decode: Double, furtherTokens: Int) {
        self.queue = queue
        self.prefill = prefill
        self.decode = decode
        self.furtherTokens = furtherTokens
    }
}

extension [UInt8] {
    /// Adds a member of an object, a comma before it.
    mutating func append(_ usage: Usage) {
        self += ",\"usage\":{\"prompt_tokens\":\(usage.promptTokens)".utf8
        self += ",\"completion_tokens\":\(usage.completionTokens)".utf8
        self += ",\"total_tokens\":\(usage.promptTokens + usage.completionTokens)".utf8
        self += ",\"prompt_tokens_details\":{\"cached_tokens\":\(usage.cachedTokens)}}".utf8
    }

    /// Adds a member of an object, a comma before it.
    ///
    /// The mean of no gap is null.
    mutating func append(_ metrics: RequestMetrics) {
        let further = Double(metrics.furtherTokens)
        let gap = metrics.furtherTokens > 0 ? metrics.decode / further : .nan
        let rate = metrics.decode > 0 ? further / metrics.decode : .nan
        self += ",\"metrics\":{".utf8
        let values = [
            ("queue_time_ms", 1e3 * metrics.queue), ("prefill_time_ms", 1e3 * metrics.prefill),
            ("time_to_first_token_ms", 1e3 * (metrics.queue + metrics.prefill)),
            ("generation_time_ms", 1e3 * metrics.decode), ("mean_itl_ms", 1e3 * gap),
            ("tokens_per_second", rate),
        ]
        for (index, (name, value)) in values.enumerated() {
            self += "\(index > 0 ? "," : "")\"\(name)\":".utf8
            append(rounded: value)
        }
        self += "}".utf8
    }

    /// Three decimals; null where it is no number.
    private mutating func append(rounded value: Double) {
        guard value.isFinite else {
            self += "null".utf8
            return
        }
        self += "\((value * 1000).rounded() / 1000)".utf8
    }

    /// Adds a list of numbers.
    mutating func append(_ tokens: some Collection<Int>) {
        append(UInt8(ascii: "["))
        var isFirst = true
        for token in tokens {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            self += "\(token)".utf8
        }
        append(UInt8(ascii: "]"))
    }
}
