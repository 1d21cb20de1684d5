/// A key of a dictionary and its value.
struct TemplateEntry {
    let key: TemplateValue
    var value: TemplateValue
}

/// Keys and values in the order they came, which never change.
struct TemplateDictionary {
    let entries: [TemplateEntry]
    let depth: Int

    init(_ entries: [TemplateEntry]) {
        self.entries = entries
        depth = 1 + (entries.lazy.map { max($0.key.depth, $0.value.depth) }.max() ?? 0)
    }

    init(_ members: [(String, TemplateValue)]) {
        self.init(members.map { TemplateEntry(key: .text($0), value: $1) })
    }

    /// The value of a text; nil where there is none.
    func value(_ key: TemplateText) -> TemplateValue? {
        entries.first {
            if case .text(let text) = $0.key { text == key } else { false }
        }?.value
    }
}
