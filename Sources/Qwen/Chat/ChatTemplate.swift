/// A chat template with what it is told of its model: how a conversation is written.
package struct ChatTemplate: Sendable {
    /// Tokens that there must be for it to mean anything.
    let neededTokens: [String]
    private let template: Template
    private let tokens: [ChatMarkup.Named]

    /// ChatML, the markup of Qwen's chat models, with what Qwen and Qwen1.5 are told where nothing
    /// else is; for files that have no template.
    private static let chatML = """
        {%- if messages[0].role != 'system' -%}
            {{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
        {%- endif -%}
        {%- for message in messages -%}
            {%- if message.role != 'system' or message.content -%}
                {{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
            {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
            {{ '<|im_start|>assistant\\n' }}
        {%- endif -%}
        """

    /// - Parameter tokens: `bos_token`, `eos_token` and others, by these names.
    /// - Throws: `TemplateError`.
    package init(_ text: String, tokens: [ChatMarkup.Named] = []) throws(TemplateError) {
        template = try Template(text)
        self.tokens = tokens
        neededTokens = []
    }

    /// ChatML, which needs `<|im_start|>` and `<|im_end|>`.
    ///
    /// - Throws: `TemplateError`, if our own text were none.
    package init() throws(TemplateError) {
        template = try Template(Self.chatML)
        tokens = []
        neededTokens = ["<|im_start|>", "<|im_end|>"]
    }

    /// A message of a conversation.
    struct Message {
        let role: String
        let content: TemplateText
    }

    /// The text of a conversation.
    ///
    /// The variables are those of transformers' `apply_chat_template` without tools and documents.
    ///
    /// - Parameters:
    ///   - asks: whether the beginning of an answer follows.
    ///   - thinking: `enable_thinking`; nil leaves it undefined.
    /// - Throws: `TemplateError`.
    func render(
        _ messages: [Message], asks: Bool, thinking: Bool?
    ) throws(TemplateError) -> TemplateText {
        let messages = messages.map { message in
            TemplateValue.dictionary(
                TemplateDictionary([
                    ("role", .text(message.role)), ("content", .text(message.content)),
                ]))
        }
        return try render(
            .list(TemplateList(messages)), tools: .none, variables: [], asks: asks,
            thinking: thinking)
    }

    /// The text of a conversation whose messages are the template's own matter.
    ///
    /// - Parameter others: further variables, which win over all but messages, tools and what `asks` says.
    /// - Throws: `TemplateError`.
    func render(
        _ messages: TemplateValue, tools: TemplateValue,
        variables others: [(String, TemplateValue)],
        asks: Bool, thinking: Bool?
    ) throws(TemplateError) -> TemplateText {
        var variables: [(String, TemplateValue)] = [
            ("messages", messages), ("tools", tools), ("add_generation_prompt", .boolean(asks)),
        ]
        var usual: [(String, TemplateValue)] = [("documents", .none)]
        usual += tokens.map { ($0.name, .text($0.text)) }
        if let thinking { usual.append(("enable_thinking", .boolean(thinking))) }
        for variable in others + usual where !variables.contains(where: { $0.0 == variable.0 }) {
            variables.append(variable)
        }
        return try template.render(variables)
    }
}
