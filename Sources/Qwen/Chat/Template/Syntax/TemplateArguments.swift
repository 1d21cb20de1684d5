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
