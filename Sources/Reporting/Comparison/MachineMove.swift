import Basics
import Measurement

/// A machine whose roof is another one beside the runs of A than beside those of B.
///
/// On a shared machine the neighbours come and go for minutes, and take bandwidth along: what a cell
/// then shows is theirs.
struct MachineMove: Equatable {
    let words: Wording

    /// The least that counts, as a share of the smaller roof: more than it moves while it is measured.
    private static let limit = 0.05

    /// Compares the roofs measured beside the repetitions of a cell; nil if they are the same ones, as
    /// far as the U test tells, or not known.
    ///
    /// - Parameter name: What B is called.
    init?(_ a: [Roof], _ b: [Roof], name: String) {
        let rates: [(KeyPath<Roof, Double>, Wording, String)] = [
            (\.readBytesPerSecond, Wording(en: "it reads", zh: "读带宽"), "GB/s"),
            (\.operationsPerSecond, Wording(en: "it multiplies at", zh: "乘法速率"), "GFLOP/s"),
        ]
        let moves = rates.compactMap { rate, verb, unit -> Wording? in
            let before = a.map { $0[keyPath: rate] }
            let after = b.map { $0[keyPath: rate] }
            guard let first = Statistics(before)?.median, let second = Statistics(after)?.median,
                max(first, second) > min(first, second) * (1 + Self.limit),
                let test = MannWhitney(before, after), test.pValue < Decision.significance
            else { return nil }
            let (inA, inB) = (Self.giga(first), Self.giga(second))
            return Wording(
                en: "\(verb.en) \(inA) \(unit) in A and \(inB) in \(name)",
                zh: "\(verb.zh)在 A 中为 \(inA) \(unit)，在 \(name) 中为 \(inB)")
        }
        guard !moves.isEmpty else { return nil }
        words = Wording(
            en: "the machine moved, " + moves.map(\.en).joined(separator: " and "),
            zh: "机器变了：" + moves.map(\.zh).joined(separator: "；"))
    }

    private static func giga(_ value: Double) -> String { fixed(value / 1e9, decimals: 0) }
}
