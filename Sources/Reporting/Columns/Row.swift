package import Measurement
package import Sweep

/// What the tables say of a point.
package struct Row: Equatable, Sendable {
    package let point: Point
    package let status: Status
    package let method: TimingMethod
    /// Repetitions that the grid asked for.
    package let askedRepetitions: Int
    /// What was measured; nil if nothing was.
    package let summary: Summary?
    /// Of the first repetition: its prompt is the same in every run of the grid.
    package let outputHash: UInt64?

    /// Medians over the repetitions of how near the roof each phase came; nil where the roof or the
    /// times are not known.
    package let prefillUtilization: Utilization?
    package let decodeUtilization: Utilization?
    /// Medians of the roofs beside the repetitions.
    package let roof: Roof?

    /// Computed from the shapes; nil if unknown.
    package let memoryEstimate: MemoryEstimate?
    /// The largest of the repetitions; nil if unknown.
    package let peakResidentBytes: Int?
    /// Sums over the calls of the repetitions; nil if unknown.
    package let minorFaults: Int?
    package let majorFaults: Int?

    private let failure: String?

    package init(_ result: PointResult, in grid: Grid) {
        point = result.point
        status = result.status
        method = grid.method
        askedRepetitions = grid.repetitions
        summary = Summary(result.repetitions.map(\.sample))
        outputHash = result.repetitions.first?.completion.outputHash
        failure = result.reason
        memoryEstimate = result.repetitions.compactMap(\.memoryEstimate).first
        let uses = result.repetitions.compactMap(\.memoryUse)
        peakResidentBytes = uses.compactMap(\.peakResidentBytes).max()
        minorFaults = uses.isEmpty ? nil : uses.reduce(0) { $0 &+ $1.minorFaults }
        majorFaults = uses.isEmpty ? nil : uses.reduce(0) { $0 &+ $1.majorFaults }
        prefillUtilization = Utilization(
            medianOf: result.repetitions.compactMap(\.prefillUtilization))
        decodeUtilization = Utilization(
            medianOf: result.repetitions.compactMap(\.decodeUtilization))
        roof = Roof(medianOf: result.repetitions.compactMap(\.roof))
    }

    /// The repetition that stands for all in tables that show one; nil unless the point is ok.
    package var representative: Sample? {
        status == .ok ? summary?.representative : nil
    }

    /// Why the point has no row of numbers, or why its numbers should be doubted.
    package var doubts: [String] {
        var doubts = failure.map { [$0] } ?? []
        let count = summary?.count ?? 0
        if status == .ok, count < askedRepetitions {
            doubts.append("\(count) of \(askedRepetitions) repetitions")
        }
        doubts += overRoof
        let remarks = summary?.remarks ?? []
        doubts += [Remark.singleToken, .negativeEstimate].filter(remarks.contains)
            .map(\.description)
        return doubts
    }

    /// Whether the numbers may be used; nil if there are none.
    package var verdict: Verdict? {
        guard status == .ok else { return nil }
        return overRoof.isEmpty ? .valid : .invalid
    }

    /// What says that times, costs or roof cannot all be right.
    private var overRoof: [String] {
        let shares = [
            ("prefill_mbu", prefillUtilization?.mbu), ("prefill_mfu", prefillUtilization?.mfu),
            ("decode_mbu", decodeUtilization?.mbu), ("decode_mfu", decodeUtilization?.mfu),
        ]
        return shares.compactMap { name, share in
            guard let share, share > Utilization.limit else { return nil }
            let percent = Int((share * 100).rounded())
            return "invalid: \(name) is \(percent) % of the roof measured beside it"
        }
    }

    /// Everything there is to say about fields that are empty or doubtful; nil if nothing.
    package var reason: String? {
        let remarks = summary?.remarks ?? []
        let method = [Remark.stepsNotStamped, .estimated].filter(remarks.contains)
            .map(\.description)
        let all = doubts + method
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }
}
