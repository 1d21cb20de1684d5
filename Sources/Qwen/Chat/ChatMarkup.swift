package import JSON

/// The chat templates that come with a model, and the texts of the tokens that they name.
///
/// An empty template is none.
package struct ChatMarkup: Sendable {
    package struct Named: Equatable, Sendable {
        package let name: String
        package let text: String
    }

    /// The usual one is called `default`.
    package private(set) var templates: [Named] = []
    /// `bos_token`, `eos_token` and others, by these names.
    package private(set) var tokens: [Named] = []

    private static let usualName = "default"
    private static let fileName = "chat_template.jinja"
    private static let key = "tokenizer.chat_template"
    /// What templates call a token, and what GGUF files do.
    private static let tokenNames = [
        ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"),
        ("sep_token", "seperator"), ("pad_token", "padding"), ("cls_token", "cls"),
        ("mask_token", "mask"),
    ]

    /// Those of a GGUF file: `tokenizer.chat_template`, and `tokenizer.chat_template.NAME`.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` for a key that is no text, or a list of tokens that is
    ///   none.
    package init(_ file: GGUFFile) throws(QwenError) {
        if file.metadata[Self.key] != nil {
            templates.append(Named(name: Self.usualName, text: try file.text(Self.key)))
        }
        for key in file.metadata.keys.sorted() where key.hasPrefix(Self.key + ".") {
            let name = String(key.dropFirst(Self.key.count + 1))
            guard template(named: name) == nil else { continue }
            templates.append(Named(name: name, text: try file.text(key)))
        }
        templates.removeAll(where: \.text.isEmpty)
        guard file.metadata["tokenizer.ggml.tokens"] != nil else { return }
        let texts = try file.texts("tokenizer.ggml.tokens")
        for (name, key) in Self.tokenNames {
            guard let id = try file.integerIfPresent("tokenizer.ggml.\(key)_token_id"),
                texts.indices ~= id
            else { continue }
            tokens.append(Named(name: name, text: texts[id]))
        }
    }

    /// Those of a Hugging Face directory: `chat_template.jinja`, or else `chat_template` in
    /// `tokenizer_config.json`, which is a text, or a list of objects with `name` and `template`.
    ///
    /// - Throws: `MachineError` for files that cannot be read; `QwenError` as `TokenizerConfiguration`.
    package init(directory: String) throws {
        try self.init(.directory(directory))
    }

    /// Those of a folder.
    init(_ folder: ModelFolder) throws {
        let configuration = try TokenizerConfiguration(folder)
        for (name, _) in Self.tokenNames {
            if let text = configuration.text(name) { tokens.append(Named(name: name, text: text)) }
        }
        if let file = configuration.file {
            guard let markup = ChatMarkup(document: try file.json()) else {
                throw file.unusable(
                    "chat_template is neither a text nor a list of names and templates; correct it, "
                        + "or remove the key")
            }
            templates = markup.templates
        }
        if let text = try ModelFile(Self.fileName, in: folder)?.text(), !text.isEmpty {
            templates.removeAll { $0.name == Self.usualName }
            templates.append(Named(name: Self.usualName, text: text))
        }
    }

    /// Those in `chat_template` of a document such as `tokenizer_config.json`; nil where it is neither
    /// a text nor a list of names and templates.
    package init?(document: JSON) {
        guard let json = document["chat_template"] else { return }
        if let text = json.string {
            templates = [Named(name: Self.usualName, text: text)]
        } else {
            for element in json.array ?? [.null] {
                guard let name = element["name"]?.string, let text = element["template"]?.string
                else { return nil }
                templates.append(Named(name: name, text: text))
            }
        }
        templates.removeAll(where: \.text.isEmpty)
    }

    /// The text of a template; nil where there is none of that name.
    package func template(named name: String) -> String? {
        templates.first { $0.name == name }?.text
    }

    /// The template that is used where none is asked for; nil where there are none at all.
    ///
    /// - Throws: `ChatError.noUsualTemplate` where there are only others.
    package func usualTemplate() throws(ChatError) -> String? {
        if let text = template(named: Self.usualName) { return text }
        guard templates.isEmpty else { throw .noUsualTemplate(names: templates.map(\.name)) }
        return nil
    }
}
