/// What a call is given, evaluated.
struct TemplateValues {
    var positional: [TemplateValue] = []
    var named: [(name: String, value: TemplateValue)] = []
}
