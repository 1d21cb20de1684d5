package import JSON

extension Conversation {
    /// The tokens of a conversation that somebody else keeps, as the model's template writes it.
    ///
    /// All its texts are texts, those of earlier answers too: what looks like a special token in them is
    /// none.
    ///
    /// - Parameters:
    ///   - messages: objects with `role` and `content`, and what else the template reads.
    ///   - tools: a list that the template may describe; nil for none.
    ///   - variables: further ones of the template; they win over what this conversation was made with.
    ///   - asks: whether the beginning of an answer follows.
    /// - Throws: `TemplateError`, `ChatError.noToken`, `QwenError.unwritableByte`.
    package func tokens(
        of messages: [JSON], tools: JSON? = nil, variables: [JSON.Member] = [], asks: Bool = true
    ) throws -> [Int] {
        let text = try template.render(
            TemplateValue(.array(messages), origin: .given),
            tools: tools.map { TemplateValue($0, origin: .given) } ?? .none,
            variables: variables.map { ($0.name, TemplateValue($0.value, origin: .given)) },
            asks: asks, thinking: thinking)
        return try tokens(of: text, [])
    }
}
