/// What can be called.
indirect enum TemplateFunction {
    /// Of Jinja or of transformers.
    case builtin(String)
    case method(String, of: TemplateValue)
    case macro(TemplateMacro, in: TemplateScope)
}
