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
