/// A token that stands for its text as a whole, beside those that merges lead to.
struct AddedToken: Equatable, Sendable {
    let id: Int
    let text: String
    /// Whether it is taken from text on request only, as `<|im_start|>` is.
    var isSpecial = true
    /// Whether it is looked for after the text was normalised.
    var isNormalised = false
}
