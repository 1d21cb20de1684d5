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
