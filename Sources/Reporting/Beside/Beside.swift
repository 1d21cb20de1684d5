package import Measurement

/// A table of ours with another one beside it, cell by cell.
package struct Beside: Equatable, Sendable {
    /// Something that is not the same on both sides, or that one of them does not state.
    package struct Difference: Equatable, Sendable {
        package let circumstance: Circumstance
        /// nil if not stated.
        package let ours: String?
        package let theirs: String?

        /// Whether both state it.
        package var isKnown: Bool { ours != nil && theirs != nil }
    }

    /// A cell that at least one side has.
    package struct Pair: Equatable, Sendable {
        package let ours: PublishedCell?
        package let theirs: PublishedCell?
        package let shape: Shape

        /// How the machine was used, where a side varies it.
        package var setting: String? { ours?.setting ?? theirs?.setting }

        fileprivate init(ours: PublishedCell, theirs: PublishedCell?) {
            self.ours = ours
            self.theirs = theirs
            shape = ours.shape
        }

        fileprivate init(theirs: PublishedCell) {
            ours = nil
            self.theirs = theirs
            shape = theirs.shape
        }

        /// Our speed as a multiple of theirs: their time over ours, or our rate over theirs.
        ///
        /// nil where a side has no value, or one that cannot be right.
        package func speed(_ metric: PublishedMetric) -> Double? {
            guard let ours, let theirs, !ours.isInvalid, !theirs.isInvalid,
                let mine = ours.values[metric], let other = theirs.values[metric],
                mine > 0, other > 0
            else { return nil }
            return metric.isRate ? mine / other : other / mine
        }
    }

    package let ours: PublishedTable
    package let theirs: PublishedTable
    /// Those of ours in their order, then those that only the other side has.
    package let pairs: [Pair]

    /// Joins cells of the same sizes; where both sides vary the machine, of the same setting too.
    package init(_ ours: PublishedTable, _ theirs: PublishedTable) {
        self.ours = ours
        self.theirs = theirs
        let others = Dictionary(grouping: theirs.cells.indices) { theirs.cells[$0].shape }
        var used: Set<Int> = []
        var pairs: [Pair] = []
        for cell in ours.cells {
            let partners = (others[cell.shape] ?? []).filter {
                let setting = theirs.cells[$0].setting
                return setting == cell.setting || setting == nil || cell.setting == nil
            }
            used.formUnion(partners)
            pairs +=
                partners.isEmpty
                ? [Pair(ours: cell, theirs: nil)]
                : partners.map { Pair(ours: cell, theirs: theirs.cells[$0]) }
        }
        pairs += theirs.cells.indices.filter { !used.contains($0) }.map {
            Pair(theirs: theirs.cells[$0])
        }
        self.pairs = pairs
    }

    /// Whether any cell has both sides.
    package var hasCommonCells: Bool { pairs.contains { $0.ours != nil && $0.theirs != nil } }

    /// What a reader must know before reading a ratio.
    package var differences: [Difference] {
        Circumstance.allCases.compactMap { circumstance in
            let mine = ours.circumstances[circumstance]
            let other = theirs.circumstances[circumstance]
            // `Qwen-7B` and `qwen-7b` are the same model.
            guard mine == nil || mine?.lowercased() != other?.lowercased() else { return nil }
            return Difference(circumstance: circumstance, ours: mine, theirs: other)
        }
    }
}
