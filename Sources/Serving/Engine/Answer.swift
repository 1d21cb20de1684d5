internal import Qwen

/// An answer as it grows: how its tokens are chosen, and when it ends.
struct Answer {
    let request: RequestID
    /// Of those that the request asks for.
    let index: Int
    /// The token that was chosen last, with which it goes on.
    private(set) var last: Int32 = 0
    /// Its log-probability and those of the most probable tokens; none where nobody asks.
    private(set) var listing: [LogProbability] = []
    /// Why it has no further tokens; nil while it goes on.
    private(set) var finish: FinishReason?

    private let promptLength: Int
    private let limit: Int
    private let leastTokens: Int
    /// Tokens that end it.
    private let ends: [Int]
    private let listed: Int?
    /// nil where the largest logit decides alone.
    private var sampler: Sampler?
    private var count = 0

    /// - Throws: `QwenError.invalidSampling`.
    init(
        _ request: GenerationRequest, id: RequestID, index: Int, endTokens: Set<Int32>,
        vocabularySize: Int
    ) throws(QwenError) {
        self.request = id
        self.index = index
        promptLength = request.prompt.count
        limit = request.limit
        leastTokens = request.leastTokens
        ends = Set(request.stopTokens).union(request.ignoresEnd ? [] : endTokens)
            .map { Int($0) }.filter { $0 < vocabularySize }
        listed = request.logProbabilities
        if let listed { listing.reserveCapacity(listed + 1) }
        guard !request.sampling.isPlainlyGreedy || leastTokens > 0 else { return }
        var options = request.sampling
        options.seed &+= UInt64(index)
        var sampler = try Sampler(options, vocabularySize: vocabularySize)
        for token in request.prompt { sampler.observe(Int(token)) }
        self.sampler = sampler
    }

    /// Whether choosing a token goes over the vocabulary.
    var takesTime: Bool { sampler != nil || listed != nil }

    /// Chooses the next token: then `last` and `listing` are its, or `finish` says that there is none.
    ///
    /// - Parameters:
    ///   - number: of the logits of its last row.
    ///   - sharesLogits: whether they must stay as they are.
    mutating func choose(
        from core: some StepEngine, logits number: Int, sharesLogits: Bool,
        _ scratch: SamplingScratch
    ) {
        let position = promptLength + count - 1
        count += 1
        do {
            listing.removeAll(keepingCapacity: true)
            guard let listed else {
                last = try next(from: core, number, sharesLogits: sharesLogits, scratch, position)
                settle()
                return
            }
            let softmax = try LogSoftmax(
                UnsafeBufferPointer(core.logits(number)), position: position)
            last = try next(from: core, number, sharesLogits: true, scratch, position)
            listing.append(softmax, of: last, alternatives: listed)
            settle()
        } catch {
            finish = .failed(error)
        }
    }

    private mutating func next(
        from core: some StepEngine, _ number: Int, sharesLogits: Bool, _ scratch: SamplingScratch,
        _ position: Int
    ) throws(QwenError) -> Int32 {
        let token = try sampler?.next(
            sharesLogits ? scratch.copy(of: core.logits(number)) : core.logits(number),
            ranking: &scratch.ranking, excluding: count <= leastTokens ? ends : [],
            position: position)
        if let token { return Int32(token) }
        return try core.greedyToken(number, position: position)
    }

    private mutating func settle() {
        if ends.contains(Int(last)) {
            finish = .endToken(last)
        } else if count == limit {
            finish = .limit
        }
    }
}

extension [LogProbability] {
    /// Appends that of a token, then those of the most probable ones.
    mutating func append(_ softmax: LogSoftmax, of token: Int32, alternatives: Int) {
        append(LogProbability(token: token, value: Float(softmax[Int(token)])))
        softmax.appendMostProbable(alternatives, to: &self)
    }
}
