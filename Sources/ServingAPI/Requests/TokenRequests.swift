internal import JSON

/// What `/tokenize` is asked.
package struct TokenizeRequest: Equatable, Sendable {
    package let model: String?
    package let input: Input
    /// Whether the texts of the tokens come too.
    package let returnsTexts: Bool

    package enum Input: Equatable, Sendable {
        case text(String, addsSpecials: Bool)
        case chat(ChatConversation)
    }

    init(model: String?, input: Input, returnsTexts: Bool) {
        self.model = model
        self.input = input
        self.returnsTexts = returnsTexts
    }

    init(_ fields: inout Fields) throws(APIError) {
        model = try fields.string("model")
        returnsTexts = try fields.boolean("return_token_strs") ?? false
        let addsSpecials = try fields.boolean("add_special_tokens")
        if let text = try fields.string("prompt") {
            guard fields.json("messages") == nil else {
                throw .invalid("messages", "give a 'prompt' or 'messages', not both")
            }
            input = .text(text, addsSpecials: addsSpecials ?? true)
        } else {
            input = .chat(try ChatConversation(&fields))
        }
    }
}

/// What `/detokenize` is asked.
package struct DetokenizeRequest: Equatable, Sendable {
    package let model: String?
    package let tokens: [Int]

    init(_ fields: inout Fields) throws(APIError) {
        model = try fields.string("model")
        guard let tokens = try fields.tokens("tokens") else {
            throw fields.wrong("tokens", "a list of token ids")
        }
        self.tokens = tokens
    }
}
