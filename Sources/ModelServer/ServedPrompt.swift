internal import Qwen
internal import Serving
internal import ServingAPI

/// A prompt that is being answered.
struct ServedPrompt {
    let tokens: [Int32]
    /// As it is given back before its answers.
    var text = ""
    var times: RequestTimes
    /// Of its tokens, from the second on: each one's own, then the most probable ones.
    var scores: [LogProbability] = []

    init(_ tokens: [Int32], arrived: UInt64, answers: Int) {
        self.tokens = tokens
        times = RequestTimes(inputTokens: tokens.count, arrived: arrived, answers: answers)
    }

    /// Its tokens with their log-probabilities; the first has none, as nothing comes before it.
    func logprobs(_ words: ServedWords, alternatives: Int) -> [TokenLogprobs] {
        guard let first = tokens.first else { return [] }
        var all = [TokenLogprobs(token: words.bytes(of: first), value: nil)]
        let each = alternatives + 1
        for start in stride(from: 0, to: scores.count - alternatives, by: each) {
            all.append(TokenLogprobs(scores[start..<start + each], words))
        }
        return all
    }
}

extension TokenLogprobs {
    /// - Parameter listing: that of the token, then those of the most probable ones.
    init(_ listing: ArraySlice<LogProbability>, _ words: ServedWords) {
        guard let own = listing.first else {
            self.init(token: [], value: nil)
            return
        }
        self.init(
            token: words.bytes(of: own.token), value: own.value,
            top: listing.dropFirst().map {
                Alternative(token: words.bytes(of: $0.token), value: $0.value)
            })
    }
}
