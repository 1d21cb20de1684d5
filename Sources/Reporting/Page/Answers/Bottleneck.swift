import Measurement

/// What stands in the way of a phase, by how near its cells come to the roofs measured beside them.
struct Bottleneck: Equatable {
    enum Kind: CaseIterable {
        /// Nearer to what the machine reads than to what it computes.
        case memory
        /// The other way round.
        case arithmetic
        /// Far from both: it waits for something else.
        case neither
    }

    /// A phase that comes to less than half of both roofs is limited by neither.
    static let near = 0.5

    /// That of most cells.
    let kind: Kind
    /// How many cells are of that kind, and of how many.
    let count: Int
    let total: Int
    /// Shares of the two roofs in those cells.
    let reads: ClosedRange<Double>
    let multiplies: ClosedRange<Double>

    /// Takes what each cell came to; nil without any.
    init?(_ utilizations: [Utilization]) {
        let groups = Dictionary(grouping: utilizations, by: Self.kind(of:))
        let most = Kind.allCases.max { (groups[$0]?.count ?? 0) < (groups[$1]?.count ?? 0) }
        guard let most, let cells = groups[most],
            let reads = Self.range(cells.map(\.mbu)),
            let multiplies = Self.range(cells.map(\.mfu))
        else { return nil }
        kind = most
        count = cells.count
        total = utilizations.count
        self.reads = reads
        self.multiplies = multiplies
    }

    private static func kind(of utilization: Utilization) -> Kind {
        guard max(utilization.mbu, utilization.mfu) >= near else { return .neither }
        return utilization.mbu >= utilization.mfu ? .memory : .arithmetic
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max() else { return nil }
        return low...high
    }
}
