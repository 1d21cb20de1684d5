import Basics
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
                PointResult(point: $0, status: .notRun, reason: nil, repetitions: []), in: grid,
                failure: whyNotRun)
        }
        let leftOut = points.count - shown.count
        return (
            shown,
            leftOut == 0
                ? nil : "\(leftOut) of \(points.count) points that were not measured are not shown"
        )
    }

    private var whyNotRun: Wording {
        switch status {
        case .running:
            Wording(
                en: "the sweep has not come to it: it still runs, or was cut off",
                zh: "测试还没有到它：仍在运行，或被切断")
        case .interrupted:
            Wording(en: "the sweep was interrupted before it", zh: "测试在它之前被中断")
        case .failed: Wording(en: "the sweep failed before it", zh: "测试在它之前失败")
        case .completed:
            Wording(
                en: "planned, but without a line in \(ReportDirectory.samplesName)",
                zh: "在计划中，但 \(ReportDirectory.samplesName) 里没有它")
        }
    }
}
