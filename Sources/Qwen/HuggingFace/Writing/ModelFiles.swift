internal import JSON
internal import Machine

/// The files of a Hugging Face directory beside the weights: `config.json`, and those of the
/// tokenizer.
package struct ModelFiles {
    typealias File = (name: String, bytes: [UInt8])

    /// Why there is no tokenizer among them; nil where there is one.
    package private(set) var missingTokenizer: String?

    /// What whoever uses them should know of how they came to be; a line each.
    package private(set) var warnings: [String] = []

    private let configuration: JSON
    private var others: [File] = []

    private static let vocabularies = [
        "tokenizer.json", "qwen.tiktoken", "vocab.json", "tokenizer.model",
    ]
    private static let copied =
        vocabularies + [
            "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
            "chat_template.jinja", "generation_config.json",
            // The code that transformers runs for Qwen v1.
            "configuration_qwen.py", "modeling_qwen.py", "tokenization_qwen.py",
            "qwen_generation_utils.py",
        ]

    /// Those of a directory, as they are.
    ///
    /// - Parameter model: that of the directory; its head may be another than `config.json` says.
    /// - Throws: `MachineError` for one that cannot be read, `QwenError.invalidModelFile`.
    package init(copying directory: String, of model: ModelConfiguration) throws {
        let tie = JSON.Member(
            name: "tie_word_embeddings", value: .boolean(model.tiesEmbeddings))
        configuration = try ModelFile(path: "\(directory)/config.json").json()
            .without("quantization_config").adding([tie])
        for name in Self.copied where ModelFolder.directory(directory).has(name) {
            let file = try MappedFile(path: "\(directory)/\(name)")
            others.append((name, withExtendedLifetime(file) { Array(file.bytes) }))
        }
        if !others.contains(where: { Self.vocabularies.contains($0.name) }) {
            missingTokenizer = "there is none in \(directory)"
        }
    }

    /// Those of a GGUF file: a configuration in the keys of transformers, the tokenizer as a
    /// `tokenizer.json`.
    ///
    /// - Throws: `QwenError.invalidConfiguration` for a model that no class of transformers can be.
    package init(_ model: GGUFModel) throws(QwenError) {
        let json = try model.configuration.inTransformers().json
        do {
            let tokenizer = try GGUFTokenizer(model.file)
            configuration = json.adding(tokenizer.configurationMembers)
            others = tokenizer.files
            warnings = tokenizer.warnings
        } catch {
            configuration = json
            missingTokenizer = error.description
        }
    }

    /// A configuration alone.
    package init(_ model: ModelConfiguration) {
        configuration = model.json
        missingTokenizer = "random weights have none"
    }

    /// All of them, the configuration naming the format of the numbers.
    func all(_ type: SafetensorsType) -> [File] {
        let name = type == .f32 ? "float32" : "bfloat16"
        var members = [JSON.Member(name: "torch_dtype", value: .string(name))]
        // The first as transformers 5 calls it, the others as Qwen v1 does.
        if configuration["dtype"] != nil {
            members.append(JSON.Member(name: "dtype", value: .string(name)))
        }
        for (flag, isSet) in [("bf16", type == .bf16), ("fp16", false), ("fp32", type == .f32)]
        where configuration[flag] != nil {
            members.append(JSON.Member(name: flag, value: .boolean(isSet)))
        }
        return [("config.json", JSONWriter.bytes(configuration.adding(members)))] + others
    }
}

extension JSON {
    /// An object without a member, which would not be true of what is written.
    fileprivate func without(_ name: String) -> JSON {
        members.map { .object($0.filter { $0.name != name }) } ?? self
    }

    /// An object with these members in place of those of the same names.
    fileprivate func adding(_ members: [Member]) -> JSON {
        guard case .object(var all) = self else { return self }
        for member in members {
            if let index = all.firstIndex(where: { $0.name == member.name }) {
                all[index] = member
            } else {
                all.append(member)
            }
        }
        return .object(all)
    }
}
