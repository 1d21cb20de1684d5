internal import Serving

/// A line of the log: what a request was, how long it took where, and how it ended.
struct RequestLine {
    let text: String

    init(_ path: String, _ times: RequestTimes) {
        var parts = ["\(path): \(times.inputTokens) tokens in"]
        if let cached = times.cachedTokens, cached > 0 { parts[0] += " (\(cached) cached)" }
        parts[0] += ", \(times.tokens.count) out"
        for (name, seconds) in [
            ("queue", times.queueSeconds), ("prefill", times.prefillSeconds),
            ("decode", times.decodeSeconds),
        ] {
            guard let seconds else { continue }
            parts.append("\(name) \((seconds * 1e5).rounded() / 100) ms")
        }
        switch times.finish {
        case .endToken?: parts.append("ended by the model")
        case .limit?: parts.append("as long as asked for")
        case .cancelled?: parts.append("cancelled")
        case .failed(let error)?: parts.append("failed: \(error)")
        case nil: break
        }
        text = parts.joined(separator: ", ")
    }
}
