/// The one value that a template can change.
final class TemplateNamespace {
    var members: [String: TemplateValue]

    init(_ members: [String: TemplateValue]) {
        self.members = members
    }
}
