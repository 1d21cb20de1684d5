internal import JSON

/// A token that stands for its text as a whole, beside those that merges lead to.
///
/// What the options mean is what Hugging Face tokenizers makes of them.
struct AddedToken: Equatable, Sendable {
    let id: Int
    let text: String
    /// Whether it is taken from text on request only, as `<|im_start|>` is.
    var isSpecial = true
    /// Whether it is looked for after the text was normalised.
    var isNormalised = false
    /// Whether it takes the white space before it that no token has taken (`lstrip`).
    var takesBlanksBefore = false
    /// Whether it takes the white space behind it (`rstrip`).
    var takesBlanksBehind = false
    /// Whether it counts only where no character of a word touches it (`single_word`).
    var isWholeWord = false
}

extension AddedToken {
    /// An added token as Hugging Face's files describe it.
    ///
    /// - Throws: `QwenError.invalidModelFile`, `.unusableValue`.
    init(_ json: JSON, id: Int?, in file: ModelFile) throws(QwenError) {
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
