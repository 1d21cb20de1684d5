internal import JSON

/// What `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` say beside the
/// vocabulary.
struct TokenizerConfiguration {
    /// A token that a key names, such as `bos_token`: special where the vocabulary has it.
    struct NamedToken {
        let key: String
        let text: String
        private let json: JSON
        private let file: ModelFile

        /// nil for what is neither a text nor an object with `content`.
        init?(_ json: JSON, key: String, in file: ModelFile) {
            guard let text = json.string ?? json["content"]?.string else { return nil }
            self.key = key
            self.text = text
            self.json = json
            self.file = file
        }

        /// Why a token that the vocabulary lacks is refused: no model has a row for it.
        var refusal: QwenError {
            file.unusable(
                "\(key) has '\(text)', which is not in the vocabulary; take it out, or add it to "
                    + "added_tokens with the id of its row")
        }

        /// - Throws: `QwenError.unusableValue` for an option of another type.
        func added(id: Int) throws(QwenError) -> AddedToken {
            guard json.string == nil else { return AddedToken(id: id, text: text) }
            var token = try AddedToken(json, id: id, in: file)
            token.isNormalised = json["normalized"]?.boolean ?? false
            token.isSpecial = true
            return token
        }
    }

    /// As Python calls it, without `Fast`; nil where the file does not say.
    private(set) var tokenizerClass: String?
    private(set) var addsBeginToken: Bool?
    private(set) var addsEndToken: Bool?
    /// `added_tokens_decoder`: these options win over others.
    private(set) var added: [AddedToken] = []
    /// `added_tokens.json`, whose tokens have no options of their own.
    private(set) var addedWithoutOptions: [AddedToken] = []
    private(set) var named: [NamedToken] = []
    private(set) var file: ModelFile?

    private static let names = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]
    private static let listNames = ["additional_special_tokens", "extra_special_tokens"]

    /// Reads them from a folder; what is not there says nothing.
    ///
    /// As transformers does, the last two only without an `added_tokens_decoder`.
    ///
    /// - Throws: `MachineError`, `QwenError.invalidModelFile`, `.unsupportedModel`,
    ///   `.unusableValue`.
    init(_ folder: ModelFolder) throws {
        var sources: [FileValues] = []
        if let values = try FileValues("tokenizer_config.json", in: folder) {
            try read(values)
            sources = [values]
        }
        if sources.first?["added_tokens_decoder"] == nil,
            let map = try FileValues("special_tokens_map.json", in: folder)
        {
            sources.insert(map, at: 0)
        }
        try readNames(sources)
        if sources.last?["added_tokens_decoder"] == nil,
            let values = try FileValues("added_tokens.json", in: folder)
        {
            try readAddedTokens(values)
        }
    }

    /// The text of a token that a key names.
    func text(_ key: String) -> String? { named.first { $0.key == key }?.text }

    /// Tokens that must be in the vocabulary, as transformers would add them behind it.
    var needed: [NamedToken] { named.filter { Self.listNames.contains($0.key) } }

    private mutating func read(_ values: FileValues) throws(QwenError) {
        file = values.file
        if let name = try values.text("tokenizer_class") {
            tokenizerClass = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
        }
        addsBeginToken = try values.boolean("add_bos_token")
        addsEndToken = try values.boolean("add_eos_token")
        guard try values.boolean("add_prefix_space") != true else {
            throw values.file.unsupported(
                "add_prefix_space puts a blank before every text; texts are taken as they are")
        }
        for member in values["added_tokens_decoder"]?.members ?? [] {
            guard let id = Int(member.name) else {
                throw values.file.unusable(
                    "added_tokens_decoder has the id '\(member.name)', which is no whole number; "
                        + "correct it, or remove the token")
            }
            added.append(try AddedToken(member.value, id: id, in: values.file))
        }
    }

    /// The names of the first file that has the key.
    private mutating func readNames(_ sources: [FileValues]) throws(QwenError) {
        for key in Self.names {
            guard let values = sources.first(where: { $0[key] != nil }), let json = values[key]
            else { continue }
            guard let token = NamedToken(json, key: key, in: values.file) else {
                throw values.isNot(key, "a text, or an object with content")
            }
            named.append(token)
        }
        for key in Self.listNames {
            guard let values = sources.first(where: { $0[key] != nil }), let json = values[key]
            else { continue }
            for element in json.array ?? json.members?.map(\.value) ?? [json] {
                guard let token = NamedToken(element, key: key, in: values.file) else {
                    throw values.isNot(key, "a list of texts")
                }
                named.append(token)
            }
        }
    }

    private mutating func readAddedTokens(_ values: FileValues) throws(QwenError) {
        let specials = Set(named.map(\.text))
        for member in values.json.members ?? [] {
            guard let id = member.value.integer else {
                throw values.isNot(member.name, "the whole number that is its id")
            }
            let isSpecial = specials.contains(member.name)
            addedWithoutOptions.append(
                AddedToken(
                    id: id, text: member.name, isSpecial: isSpecial, isNormalised: !isSpecial))
        }
    }
}
