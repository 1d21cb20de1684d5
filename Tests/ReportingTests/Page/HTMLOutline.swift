/// The elements of a page, for tests of its structure; reads what our pages hold and no more.
struct HTMLOutline {
    /// What is wrong with the nesting of the tags; nil if nothing is.
    private(set) var fault: String?
    /// Name and attributes of every element, in the order they begin.
    private(set) var elements: [(name: String, attributes: String)] = []

    private static let void: Set<String> = ["meta", "br", "input", "!DOCTYPE"]

    init(_ html: String) {
        var open: [String] = []
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                guard open.last == String(tag.dropFirst()) else {
                    fault = "</\(tag.dropFirst())> ends \(open.last ?? "nothing")"
                    return
                }
                open.removeLast()
                continue
            }
            let name = String(tag.prefix { $0 != " " && $0 != "\n" })
            elements.append((name, String(tag.dropFirst(name.count))))
            if !Self.void.contains(name) { open.append(name) }
            // What stands in these two is not markup.
            if name == "style" || name == "script" {
                guard let close = rest.firstRange(of: "</\(name)>") else {
                    fault = "<\(name)> never ends"
                    return
                }
                rest = rest[close.lowerBound...]
            }
        }
        if !open.isEmpty { fault = "never ended: \(open)" }
    }

    /// How many elements have the name.
    func count(of name: String) -> Int { elements.count { $0.name == name } }

    /// The values of an attribute over all elements.
    func values(of attribute: String) -> [String] {
        elements.compactMap { element in
            let parts = element.attributes.split(separator: " \(attribute)=\"", maxSplits: 1)
            guard element.attributes.contains(" \(attribute)=\""), let value = parts.last else {
                return nil
            }
            return String(value.prefix { $0 != "\"" })
        }
    }
}
