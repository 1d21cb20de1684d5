import Sweep

/// How many sequences the memory of a machine holds, by what was computed for the cells of a sweep.
///
/// Of the longest lengths that were asked for. A sequence takes what one more of them took from the
/// smallest batch to the largest; of a single batch, its share of KV cache and scratch.
struct FittingBatch: Equatable {
    /// 0 if not one fits; never fewer than ran.
    let batch: Int
    let lengths: LengthPair
    /// The setting of the machine that leaves the most room; nil where the grid has only one.
    let setting: String?
    let fixedBytes: Int
    let bytesPerSequence: Int
    /// nil if none ran.
    let largestMeasured: Int?

    /// nil where the estimates make no sense.
    init?(_ rows: [Row], availableBytes: Int) {
        let known = rows.filter { $0.memoryEstimate != nil }
        guard let longest = known.map(\.point.tokens).max() else { return nil }
        let groups = Dictionary(grouping: known.filter { $0.point.tokens == longest }) {
            $0.point.parameters.without([.batch])
        }
        let fitting = groups.values.compactMap { FittingBatch(alike: $0, availableBytes) }
        let names = fitting.map { $0.setting ?? "" }
        guard
            let best = zip(fitting, names).max(by: {
                ($0.0.batch, $1.1) < ($1.0.batch, $0.1)
            })
        else { return nil }
        self = best.0
    }

    /// - Parameter rows: Those that differ by their batch alone.
    private init?(alike rows: [Row], _ availableBytes: Int) {
        let sizes = rows.compactMap { row in
            row.memoryEstimate.map {
                (batch: Double(row.point.batch), estimate: $0, bytes: Double($0.totalBytes))
            }
        }
        guard let smallest = sizes.min(by: { $0.batch < $1.batch }),
            let largest = sizes.max(by: { $0.batch < $1.batch })
        else { return nil }
        let share =
            smallest.batch < largest.batch
            ? (largest.bytes - smallest.bytes) / (largest.batch - smallest.batch)
            : (Double(largest.estimate.kvCacheBytes) + Double(largest.estimate.scratchBytes))
                / largest.batch
        let rest = largest.bytes - share * largest.batch
        let fits = ((Double(availableBytes) - rest) / share).rounded(.down)
        guard share > 0, let perSequence = Int(exactly: share.rounded(.up)),
            let fixed = Int(exactly: rest.rounded(.up)), fixed >= 0,
            let count = Int(exactly: max(0, fits))
        else { return nil }
        largestMeasured = rows.filter { $0.status == .ok }.map(\.point.batch).max()
        batch = max(count, largestMeasured ?? 0)
        lengths = rows[0].point.pair
        setting = rows[0].point.setting.id
        fixedBytes = fixed
        bytesPerSequence = perSequence
    }
}

extension Point {
    /// Of one sequence; a Double, as a file may hold any lengths.
    fileprivate var tokens: Double { Double(inputLength) + Double(outputLength) }
}

extension Manifest {
    /// What the process could allocate before the first point, in bytes; nil if the report does not say.
    var usableMemoryBytes: Int? {
        let limits = sections["machine"]?["limits"]
        let bytes = ["memory_available_bytes", "memory_headroom_bytes"].compactMap {
            limits?[$0]?.number
        }
        return bytes.min().flatMap { Int(exactly: $0.rounded()) }
    }
}
