/// What some filters give: it can be gone through once.
final class TemplateGenerator {
    private var rest: [TemplateValue]

    init(_ elements: [TemplateValue]) {
        rest = elements
    }

    func takeRest() -> [TemplateValue] {
        defer { rest = [] }
        return rest
    }

    func takeFirst() -> TemplateValue? {
        rest.isEmpty ? nil : rest.removeFirst()
    }
}
