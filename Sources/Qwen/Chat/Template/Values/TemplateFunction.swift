/// What can be called.
indirect enum TemplateFunction {
    /// Of Jinja or of transformers.
    case builtin(String)
    case method(String, of: TemplateValue)
    case macro(TemplateMacro, in: TemplateScope)
}

/// What a call is given, evaluated.
struct TemplateValues {
    var positional: [TemplateValue] = []
    var named: [(name: String, value: TemplateValue)] = []
}

/// The names that a part of a template sees.
final class TemplateScope {
    var variables: [String: TemplateValue] = [:]
    private let parent: TemplateScope?

    init(in parent: TemplateScope? = nil) {
        self.parent = parent
    }

    subscript(name: String) -> TemplateValue? {
        var scope: TemplateScope? = self
        while let current = scope {
            if let value = current.variables[name] { return value }
            scope = current.parent
        }
        return nil
    }
}

/// Where a loop is.
final class TemplateLoopState {
    let items: [TemplateValue]
    var index = 0
    var lastChanged: TemplateValue?

    init(_ items: [TemplateValue]) {
        self.items = items
    }
}
