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

    private let failure: String?

    package init(_ result: PointResult, in grid: Grid) {
        point = result.point
        status = result.status
        method = grid.method
        askedRepetitions = grid.repetitions
        summary = Summary(result.repetitions.map(\.sample))
        outputHash = result.repetitions.first?.completion.outputHash
        failure = result.reason
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
        let remarks = summary?.remarks ?? []
        doubts += [Remark.singleToken, .negativeEstimate].filter(remarks.contains)
            .map(\.description)
        return doubts
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
