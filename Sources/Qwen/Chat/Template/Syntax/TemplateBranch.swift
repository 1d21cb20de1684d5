/// `if` or `elif`.
struct TemplateBranch: Sendable {
    let condition: TemplateExpression
    let body: [TemplateStatement]
    let line: Int
}
