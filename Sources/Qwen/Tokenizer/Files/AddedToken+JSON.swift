extension AddedToken {
    /// An added token as Hugging Face's files describe it.
    ///
    /// - Throws: `QwenError.invalidTokenizerFile`, `.unusableValue`.
    init(_ json: JSON, id: Int?, in file: TokenizerFile) throws(QwenError) {
        guard let id = id ?? json["id"]?.integer, let text = json["content"]?.string else {
            throw file.invalid("an added token has no id or no content")
        }
        let options = FileValues(json, of: "the added token '\(text)'", in: file)
        let isSpecial = try options.boolean("special") ?? false
        self.init(
            id: id, text: text, isSpecial: isSpecial,
            isNormalised: try options.boolean("normalized") ?? !isSpecial,
            takesBlanksBefore: try options.boolean("lstrip") ?? false,
            takesBlanksBehind: try options.boolean("rstrip") ?? false,
            isWholeWord: try options.boolean("single_word") ?? false)
    }
}
