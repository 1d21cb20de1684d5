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
