internal import Serving
internal import ServingAPI

extension ServerMetrics {
    /// Takes note of a request that has ended.
    mutating func note(_ times: RequestTimes, promptTokens tokens: Int) {
        if let seconds = times.queueSeconds { queueTime.observe(seconds) }
        if let seconds = times.prefillSeconds {
            promptTokens += tokens - (times.cachedTokens ?? 0)
            prefillTime.observe(seconds)
            timeToFirstToken.observe(seconds + (times.queueSeconds ?? 0))
        }
        if let seconds = times.decodeSeconds {
            decodeTime.observe(seconds)
            let further = times.tokens.count - 1
            if further > 0 { timePerOutputToken.observe(seconds / Double(further)) }
        }
        if let end = times.end {
            wholeTime.observe(Double(end - min(end, times.arrived)) / 1e9)
        }
    }
}
