import Sweep

extension Manifest {
    /// A row for each planned point that has none yet.
    ///
    /// - Throws: `SweepError` if the grid makes no plan: the manifest was not written by a sweep.
    func rowsNotRun(beside rows: [Row]) throws(SweepError) -> [Row] {
        let known = Set(rows.map(\.point))
        return try grid.expand().points.filter { !known.contains($0) }.map {
            Row(
                PointResult(point: $0, status: .notRun, reason: whyNotRun, repetitions: []),
                in: grid)
        }
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
