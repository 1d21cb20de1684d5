extension AddedToken {
    /// An added token as Hugging Face's files describe it.
    ///
    /// - Throws: `QwenError.invalidTokenizerFile`, `.unsupportedTokenizer` for one that takes the
    ///   blanks around it or whole words only.
    init(_ json: JSON, id: Int?, in file: TokenizerFile) throws(QwenError) {
        guard let id = id ?? json["id"]?.integer, let text = json["content"]?.string else {
            throw file.invalid("an added token has no id or no content")
        }
        for option in ["lstrip", "rstrip", "single_word"] where json[option]?.boolean == true {
            throw file.unsupported("the added token '\(text)' has the option \(option)")
        }
        self.init(
            id: id, text: text, isSpecial: json["special"]?.boolean ?? false,
            isNormalised: json["normalized"]?.boolean ?? false)
    }
}
