import Sweep

extension Manifest {
    /// More than anyone reads; a few words in a manifest can plan a hundred times as many.
    static let mostRowsNotRun = 1000

    /// A row for each planned point that has none yet, as far as there is room for them.
    ///
    /// - Returns: The rows, and what there is to say about those that were left out.
    /// - Throws: `SweepError` if the grid makes no plan: the manifest was not written by a sweep.
    func rowsNotRun(beside rows: [Row]) throws(SweepError) -> (rows: [Row], warning: String?) {
        let known = Set(rows.map(\.point))
        let points = try grid.expand().points.filter { !known.contains($0) }
        let shown = points.prefix(Self.mostRowsNotRun).map {
            Row(
                PointResult(point: $0, status: .notRun, reason: whyNotRun, repetitions: []),
                in: grid)
        }
        let leftOut = points.count - shown.count
        return (
            shown,
            leftOut == 0
                ? nil : "\(leftOut) of \(points.count) points that were not measured are not shown"
        )
    }

    private var whyNotRun: String {
        switch status {
        case .running: "the sweep has not come to it: it still runs, or was cut off"
        case .interrupted: "the sweep was interrupted before it"
        case .failed: "the sweep failed before it"
        case .completed: "planned, but without a line in \(ReportDirectory.samplesName)"
        }
    }
}
