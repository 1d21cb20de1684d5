internal import JSON

/// How tokens are to be chosen, as far as a request says so; nil is left to the server.
package struct SamplingFields: Equatable, Sendable {
    /// 0 takes the most probable token.
    package var temperature: Double?
    package var topP: Double?
    /// 0 takes all.
    package var topK: Int?
    package var minP: Double?
    package var repetitionPenalty: Double?
    package var presencePenalty: Double?
    package var frequencyPenalty: Double?
    package var seed: Int?
    /// Added to logits, by token, in order of the tokens.
    package var logitBias: [TokenBias] = []

    package struct TokenBias: Equatable, Sendable {
        package let token: Int
        package let bias: Double
    }

    private static let mostBiases = 1024

    init(_ fields: inout Fields) throws(APIError) {
        temperature = try fields.number("temperature", in: 0...(.infinity))
        topP = try fields.number("top_p", in: 0...1, excludesLeast: true)
        // vLLM's word for all tokens is -1, llama.cpp's 0.
        topK = try fields.integer("top_k", in: -1...(.max)).map { max($0, 0) }
        minP = try fields.number("min_p", in: 0...1)
        repetitionPenalty = try fields.number(
            "repetition_penalty", in: 0...(.infinity), excludesLeast: true)
        presencePenalty = try fields.number("presence_penalty", in: -2...2)
        frequencyPenalty = try fields.number("frequency_penalty", in: -2...2)
        // In vLLM -1 is no seed.
        seed = try fields.integer("seed", in: .min...(.max)).flatMap { $0 == -1 ? nil : $0 }
        logitBias = try Self.logitBias(&fields)
    }

    private static func logitBias(_ fields: inout Fields) throws(APIError) -> [TokenBias] {
        let name = "logit_bias"
        guard let json = fields.json(name) else { return [] }
        let wrong = fields.wrong(
            name,
            "an object of at most \(mostBiases) token ids, each with a number from -100 to 100")
        guard let members = json.members, members.count <= mostBiases else { throw wrong }
        var biases: [TokenBias] = []
        for member in members {
            guard let token = Int(member.name), 0...Int(Int32.max) ~= token,
                let bias = member.value.number, -100...100 ~= bias
            else { throw wrong }
            biases.append(TokenBias(token: token, bias: bias))
        }
        return biases.sorted { $0.token < $1.token }
    }
}
