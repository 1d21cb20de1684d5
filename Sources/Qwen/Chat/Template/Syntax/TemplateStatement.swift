/// A tag of a template, or the text between two.
indirect enum TemplateStatement: Sendable {
    case data(TemplateText)
    case output(TemplateExpression, line: Int)
    case set(TemplateTarget, TemplateExpression, line: Int)
    case setBlock(TemplateTarget, filters: [TemplateCall], [TemplateStatement], line: Int)
    case choice([TemplateBranch], otherwise: [TemplateStatement])
    case loop(TemplateLoop)
    case macro(TemplateMacro)
    /// `{% generation %}`: what is set in it does not leave it.
    case block([TemplateStatement])
    case filterBlock([TemplateCall], [TemplateStatement], line: Int)
    case breakLoop
    case continueLoop
}

/// `if` or `elif`.
struct TemplateBranch: Sendable {
    let condition: TemplateExpression
    let body: [TemplateStatement]
    let line: Int
}

/// `for`.
struct TemplateLoop: Sendable {
    let target: TemplateTarget
    let items: TemplateExpression
    let condition: TemplateExpression?
    let body: [TemplateStatement]
    let otherwise: [TemplateStatement]
    let line: Int
}

/// `macro`.
struct TemplateMacro: Sendable {
    let name: String
    let parameters: [(name: String, fallback: TemplateExpression?)]
    let body: [TemplateStatement]
    let line: Int
}

/// What a value is assigned to.
indirect enum TemplateTarget: Sendable {
    case name(String)
    case names([TemplateTarget])
    /// A member of a namespace.
    case member(of: String, String)
}
