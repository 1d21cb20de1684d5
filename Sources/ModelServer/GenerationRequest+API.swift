internal import Qwen
internal import Serving
internal import ServingAPI

extension GenerationRequest {
    /// What the API's fields ask of the engine for one prompt.
    ///
    /// - Parameters:
    ///   - usual: how tokens are chosen where the fields do not say.
    ///   - logprobs: how many of the most probable tokens come with each.
    /// - Throws: `APIError` for what the engine cannot do.
    init(
        prompt: [Int32], limit: Int, _ fields: GenerationFields, usual: SamplingOptions,
        logprobs: Int?
    ) throws(APIError) {
        guard !fields.includesStop else {
            throw .unsupported(
                "include_stop_str_in_output",
                "the text that ends an answer is no part of it here; leave it out")
        }
        self.init(prompt: prompt, limit: limit)
        answers = fields.answers
        sampling = usual
        sampling.take(fields.sampling)
        ignoresEnd = fields.ignoresEnd
        stopTokens = fields.stopTokens.compactMap { Int32(exactly: $0) }
        stops = fields.stops
        leastTokens = fields.leastTokens
        logProbabilities = logprobs
        usesPrefixes = fields.usesCache && fields.cacheSalt == nil
    }
}

extension SamplingOptions {
    /// Takes what the fields say.
    mutating func take(_ fields: SamplingFields) {
        if let value = fields.temperature { temperature = Float(value) }
        if let value = fields.topP { topP = Float(value) }
        if let value = fields.topK { topK = value }
        if let value = fields.minP { minP = Float(value) }
        if let value = fields.repetitionPenalty { repetitionPenalty = Float(value) }
        if let value = fields.presencePenalty { presencePenalty = Float(value) }
        if let value = fields.frequencyPenalty { frequencyPenalty = Float(value) }
        if let value = fields.seed { seed = UInt64(bitPattern: Int64(value)) }
        biases = fields.logitBias.map { Bias(token: $0.token, value: Float($0.bias)) }
    }
}

extension APIError {
    /// What the engine refuses.
    init(_ error: ServingError) {
        switch error {
        case .invalid(let field, let problem): self = .invalid(field, "'\(field)': \(problem)")
        case .queueFull(let waiting): self = .queueFull(waiting: waiting, retryAfter: 1)
        case .closing: self = .unavailable("the server is ending; ask another one")
        }
    }
}
