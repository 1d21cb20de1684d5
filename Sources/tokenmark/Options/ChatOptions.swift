internal import ArgumentParser
internal import Glibc
internal import JSON
internal import Qwen
internal import Suite

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
            "A file with a chat template, or with a chat_template in JSON, or the name of one of the "
                + "model's; its usual one unless given.",
            valueName: "file"),
        completion: .file())
    var chatTemplate: String?

    @Option(
        help: ArgumentHelp(
            "Whether the model thinks first (enable_thinking), if its template can ask for that; "
                + "left to the template unless given.",
            valueName: "on|off"))
    var thinking: Thinking?

    /// Bytes of a template's file at most.
    private static let mostBytes = 16 << 20

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

    /// The template in a file: the whole text, or `chat_template` of a JSON document.
    private static func text(_ path: String) throws(UsageError) -> String {
        guard access(path, F_OK) == 0 else {
            throw UsageError(
                "--chat-template \(path) is no template of the model's, and no file; check the path"
            )
        }
        let name = "--chat-template \(path)"
        let text = try ByteStream.text(of: path, limit: mostBytes, name: name)
        guard !text.isEmpty else { throw UsageError("\(name) is empty; give a chat template") }
        guard let document = try document(text, name) else { return text }
        guard let template = ChatMarkup(document: document)?.template(named: "default"),
            !template.isEmpty
        else {
            throw UsageError(
                "\(name) is a JSON document, and its chat_template is neither a text nor a list with "
                    + "one called default; give a file with a chat template")
        }
        return template
    }

    /// nil where the text is no JSON, nor begins as an object with a name.
    private static func document(_ text: String, _ name: String) throws(UsageError) -> JSON? {
        let result = Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try JSONReader.read(bytes) }
        }
        switch result {
        case .success(let json): return json.members == nil && json.array == nil ? nil : json
        case .failure(let error):
            let inner = text.drop(while: \.isWhitespace)
            guard inner.first == "{", inner.dropFirst().first(where: { !$0.isWhitespace }) == "\""
            else { return nil }
            throw UsageError(
                "\(name), line \(error.line): \(error.problem); correct the JSON, or give a file with "
                    + "the template alone")
        }
    }
}
