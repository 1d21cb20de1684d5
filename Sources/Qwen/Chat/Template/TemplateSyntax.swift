/// An expression of a template.
indirect enum TemplateExpression: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(TemplateText)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case dictionary([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(
        TemplateExpression, from: TemplateExpression?, to: TemplateExpression?,
        by: TemplateExpression?)
    case call(TemplateExpression, TemplateArguments)
    case filter(TemplateExpression, TemplateCall)
    case test(TemplateExpression, TemplateCall)
    case not(TemplateExpression)
    case sign(TemplateExpression, isNegative: Bool)
    case arithmetic(TemplateExpression, TemplateOperator, TemplateExpression)
    /// `~`
    case concatenation([TemplateExpression])
    /// Each compared with the one before it.
    case comparison(TemplateExpression, [(TemplateComparison, TemplateExpression)])
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case conditional(
        if: TemplateExpression, then: TemplateExpression, else: TemplateExpression?)
}

enum TemplateOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
}

enum TemplateComparison: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"
}

/// What a call is given.
struct TemplateArguments: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
}

/// A filter or test by its name, and what it is given.
struct TemplateCall: Sendable {
    let name: String
    let arguments: TemplateArguments
}

/// What a value is assigned to.
indirect enum TemplateTarget: Sendable {
    case name(String)
    case names([TemplateTarget])
    /// A member of a namespace.
    case member(of: String, String)
}

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
