import Measurement

/// A machine whose roof is another one beside the runs of A than beside those of B.
///
/// On a shared machine the neighbours come and go for minutes, and take bandwidth along: what a cell
/// then shows is theirs.
struct MachineMove: Equatable {
    let description: String

    /// The least that counts, as a share of the smaller roof: more than it moves while it is measured.
    private static let limit = 0.05

    /// Compares the roofs measured beside the repetitions of a cell; nil if they are the same ones, as
    /// far as the U test tells, or not known.
    ///
    /// - Parameter name: What B is called.
    init?(_ a: [Roof], _ b: [Roof], name: String) {
        let rates: [(KeyPath<Roof, Double>, String, String)] = [
            (\.readBytesPerSecond, "it reads", "GB/s"),
            (\.operationsPerSecond, "it multiplies at", "GFLOP/s"),
        ]
        let moves = rates.compactMap { rate, verb, unit -> String? in
            let before = a.map { $0[keyPath: rate] }
            let after = b.map { $0[keyPath: rate] }
            guard let first = Statistics(before)?.median, let second = Statistics(after)?.median,
                max(first, second) > min(first, second) * (1 + Self.limit),
                let test = MannWhitney(before, after), test.pValue < Decision.significance
            else { return nil }
            return "\(verb) \(Self.giga(first)) \(unit) in A and \(Self.giga(second)) "
                + "in \(name)"
        }
        guard !moves.isEmpty else { return nil }
        description = "the machine moved, " + moves.joined(separator: " and ")
    }

    private static func giga(_ value: Double) -> String { fixed(value / 1e9, decimals: 0) }
}
