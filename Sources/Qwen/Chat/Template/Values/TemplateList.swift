/// Values in a row, which never change.
struct TemplateList {
    let elements: [TemplateValue]
    /// How deep lists and dictionaries nest in it, itself among them.
    let depth: Int

    /// Values that nest deeper are refused: what walks over them would run out of stack.
    static let mostDepth = 100

    init(_ elements: [TemplateValue]) {
        self.elements = elements
        depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
    }
}
