internal import JSON

/// What `/v1/completions` is asked.
package struct CompletionRequest: Equatable, Sendable {
    package let prompts: [Prompt]
    package let generation: GenerationFields
    /// Whether the prompt stands before the answer.
    package let echoes: Bool
    /// How many of the most probable tokens come with each, beside its own; nil wants none.
    package let logprobs: Int?
    /// Whether what the model puts before every text comes before a prompt that is a text.
    package let addsSpecials: Bool

    package enum Prompt: Equatable, Sendable {
        case text(String)
        case tokens([Int])
    }

    static let mostLogprobs = 20
    private static let mostPrompts = 1024
    /// OpenAI's.
    private static let usualMostTokens = 16

    init(_ fields: inout Fields) throws(APIError) {
        prompts = try Self.prompts(&fields)
        var generation = try GenerationFields(&fields)
        guard prompts.count * generation.answers <= Self.mostPrompts else {
            throw .invalid(
                "n",
                "\(prompts.count) prompts with 'n': \(generation.answers) are more than "
                    + "\(Self.mostPrompts) answers; ask for fewer at a time")
        }
        echoes = try fields.boolean("echo") ?? false
        logprobs = try fields.integer("logprobs", in: 0...Self.mostLogprobs)
        addsSpecials = try fields.boolean("add_special_tokens") ?? true
        try fields.refuse(
            "suffix", unless: [""], remedy: "there is nothing here that fills in; leave it out")
        try fields.refuse("prompt_embeds", remedy: "give the prompt as text or token ids")
        let most = generation.mostTokens ?? Self.usualMostTokens
        guard most > 0 || echoes else {
            throw .invalid(
                "max_tokens", "'max_tokens' must be at least 1, or the prompt be asked for by echo")
        }
        guard generation.leastTokens <= most else {
            throw .invalid(
                "min_tokens", "'min_tokens' must be at most 'max_tokens', which is \(most)")
        }
        generation.mostTokens = most
        self.generation = generation
    }

    /// A string, a list of token ids, or a list of either.
    private static func prompts(_ fields: inout Fields) throws(APIError) -> [Prompt] {
        let expected =
            "a string, a list of token ids, or a list of at most \(mostPrompts) of either"
        guard let json = fields.json("prompt") else { throw fields.wrong("prompt", expected) }
        if let text = json.string { return [.text(text)] }
        guard let elements = json.array, !elements.isEmpty else {
            throw fields.wrong("prompt", expected)
        }
        if let tokens = json.tokens { return [.tokens(tokens)] }
        if elements[0].number != nil {
            let index = elements.firstIndex { JSON.array([$0]).tokens == nil } ?? 0
            throw .invalid(
                "prompt[\(index)]",
                "'prompt[\(index)]' must be a token id, not \(elements[index].shown)")
        }
        guard elements.count <= mostPrompts else { throw fields.wrong("prompt", expected) }
        var prompts: [Prompt] = []
        for (index, element) in elements.enumerated() {
            if let text = element.string {
                prompts.append(.text(text))
            } else if let tokens = element.tokens, !tokens.isEmpty {
                prompts.append(.tokens(tokens))
            } else {
                throw .invalid(
                    "prompt[\(index)]",
                    "'prompt[\(index)]' must be a string or a list of token ids, not \(element.shown)"
                )
            }
        }
        return prompts
    }
}
