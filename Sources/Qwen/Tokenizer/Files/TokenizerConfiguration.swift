/// What `tokenizer_config.json` and `added_tokens.json` say beside the vocabulary.
struct TokenizerConfiguration {
    /// As Python calls it, without `Fast`; nil where the file does not say.
    private(set) var tokenizerClass: String?
    private(set) var endToken: String?
    private(set) var beginToken: String?
    private(set) var addsBeginToken: Bool?
    private(set) var added: [AddedToken] = []

    /// Reads both from a folder; what is not there says nothing.
    ///
    /// - Throws: `MachineError`, `QwenError.invalidTokenizerFile`, `.unsupportedTokenizer`.
    init(_ folder: ModelFolder) throws {
        if let file = try TokenizerFile("tokenizer_config.json", in: folder) {
            try read(file)
        }
        if let file = try TokenizerFile("added_tokens.json", in: folder) {
            try readAddedTokens(file)
        }
    }

    private mutating func read(_ file: TokenizerFile) throws(QwenError) {
        let json = try file.json()
        if let name = json["tokenizer_class"]?.string {
            tokenizerClass = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
        }
        func token(_ name: String) -> String? {
            json[name]?.string ?? json[name]?["content"]?.string
        }
        endToken = token("eos_token")
        beginToken = token("bos_token")
        addsBeginToken = json["add_bos_token"]?.boolean
        for member in json["added_tokens_decoder"]?.members ?? [] {
            guard let id = Int(member.name) else {
                throw file.invalid("an added token has the id '\(member.name)'")
            }
            added.append(try AddedToken(member.value, id: id, in: file))
        }
    }

    private mutating func readAddedTokens(_ file: TokenizerFile) throws(QwenError) {
        guard let members = try file.json().members else {
            throw file.invalid("it is not an object from texts to ids")
        }
        for member in members {
            guard let id = member.value.integer else {
                throw file.invalid("the id of the token '\(member.name)' is no whole number")
            }
            guard !added.contains(where: { $0.id == id && $0.text == member.name }) else {
                continue
            }
            added.append(AddedToken(id: id, text: member.name))
        }
    }
}
