/// Something about a side that may explain why its numbers differ.
package struct Fact: Equatable, Sendable {
    /// What a difference of it means.
    package enum Weight: String, Sendable {
        /// Compared on purpose, or of little effect.
        case differs
        /// The difference alone can explain any other.
        case notComparable = "not_comparable"
        /// Nobody compares that by intention.
        case refused
    }

    package let name: String
    package let value: String
    package let weight: Weight

    package init(_ name: String, _ value: String, _ weight: Weight = .differs) {
        self.name = name
        self.value = value
        self.weight = weight
    }
}

/// A fact that is another one on each side.
package struct Difference: Equatable, Sendable {
    package let name: String
    package let a: String
    package let b: String
    package let weight: Fact.Weight

    /// The facts that both sides know and that are not the same, in the order of the first side.
    ///
    /// Tools name models each in their own way, so between two tools no fact is refused.
    static func between(_ a: ComparisonSide, _ b: ComparisonSide) -> [Difference] {
        a.facts.compactMap { fact in
            guard let other = b.facts.first(where: { $0.name == fact.name }),
                other.value != fact.value
            else { return nil }
            let weight = fact.weight == .refused && a.source != b.source ? .differs : fact.weight
            return Difference(name: fact.name, a: fact.value, b: other.value, weight: weight)
        }
    }

    package var description: String { "\(name) is \(a) in A and \(b) in B" }
}
