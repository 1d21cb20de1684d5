internal import ArgumentParser
internal import Machine
internal import Qwen
internal import Reporting

/// How a conversation is written; shared by the commands that hold one.
struct ChatOptions: ParsableArguments {
    enum Thinking: String, ExpressibleByArgument, CaseIterable {
        case on
        case off
    }

    @Option(
        help: ArgumentHelp(
            "What the model shall be, in place of what its chat template says of that.",
            valueName: "text"))
    var system: String?

    @Option(
        help: ArgumentHelp(
            "A file with a chat template, or the name of one of the model's; its usual one unless "
                + "given.",
            valueName: "file"))
    var chatTemplate: String?

    @Option(
        help: ArgumentHelp(
            "Whether the model thinks first (enable_thinking), if its template can ask for that; "
                + "left to the template unless given.",
            valueName: "on|off"))
    var thinking: Thinking?

    /// What help texts say of templates.
    static let templateText = """
        Messages are written by the model's chat template: tokenizer.chat_template of a GGUF file; \
        chat_template.jinja, or chat_template in tokenizer_config.json, of a directory. A model \
        without one is spoken to in ChatML. What a template holds that is not implemented is \
        refused by name.
        """

    /// Whether one of them was given.
    var isGiven: Bool { system != nil || chatTemplate != nil || thinking != nil }

    /// An empty conversation with a model.
    ///
    /// - Parameter window: tokens that a prompt may have.
    /// - Throws: `UsageError` for a file that cannot be read; `ChatError`, `TemplateError`,
    ///   `QwenError`, `MachineError`.
    func conversation(
        _ source: ModelSource, _ tokenizer: Tokenizer, window: Int, endTokens: Set<Int>
    ) throws -> Conversation {
        let markup = try source.chatMarkup()
        let text = try templateText(markup)
        let template =
            try text.map { try ChatTemplate($0, tokens: markup.tokens) } ?? ChatTemplate()
        let conversation = try Conversation(
            tokenizer, template: template, system: system, thinking: thinking.map { $0 == .on },
            window: window, endTokens: endTokens)
        if text == nil {
            Terminal.error(
                "tokenmark: the model has no chat template; its chat is written in ChatML\n")
        }
        return conversation
    }

    /// nil where none is given and the model has none.
    private func templateText(_ markup: ChatMarkup) throws -> String? {
        guard let chatTemplate else { return try markup.usualTemplate() }
        return try markup.template(named: chatTemplate) ?? Self.text(chatTemplate)
    }

    private static func text(_ path: String) throws -> String {
        let file: MappedFile
        do {
            file = try MappedFile(path: path)
        } catch {
            throw UsageError(
                "--chat-template \(path) is no template of the model's, and no file: \(error)")
        }
        return try PlainText.of(Array(file.bytes), from: "--chat-template \(path)")
    }
}
