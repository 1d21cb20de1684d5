/// Where a loop is.
final class TemplateLoopState {
    let items: [TemplateValue]
    var index = 0
    var lastChanged: TemplateValue?

    init(_ items: [TemplateValue]) {
        self.items = items
    }
}
