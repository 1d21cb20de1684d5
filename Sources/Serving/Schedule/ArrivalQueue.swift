/// First come, first out, and who does not want to wait any longer.
struct ArrivalQueue<Element> {
    /// Those that left are in front until there are as many of them as of those that wait.
    private var elements: [Element] = []
    private var gone = 0

    var count: Int { elements.count - gone }

    var first: Element? { gone < elements.count ? elements[gone] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    /// - Precondition: there is one.
    mutating func removeFirst() -> Element {
        let element = elements[gone]
        gone += 1
        if gone * 2 >= elements.count {
            elements.removeFirst(gone)
            gone = 0
        }
        return element
    }

    /// Takes the first one out for which that is true, wherever it stands.
    mutating func removeFirst(where isMeant: (Element) -> Bool) {
        guard let index = elements[gone...].firstIndex(where: isMeant) else { return }
        elements.remove(at: index)
    }
}
