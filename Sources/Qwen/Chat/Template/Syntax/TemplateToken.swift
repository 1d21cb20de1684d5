/// A piece of a template.
struct TemplateToken {
    enum Kind: Equatable {
        /// What stands outside of tags.
        case data(TemplateText)
        /// `{{`
        case outputStart
        /// `}}`
        case outputEnd
        /// `{%`
        case blockStart
        /// `%}`
        case blockEnd
        case name(String)
        case string(TemplateText)
        case integer(Int)
        case number(Double)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// Counted from 1.
    let line: Int
}
