import Measurement
import Sweep

/// The median of which least is known, of those that verdicts go by.
struct WidestInterval: Equatable {
    /// As a page names it.
    let metric: String
    let point: Point
    /// Half of the 95 % interval, as a share of the median.
    let relativeHalfWidth: Double

    /// nil where no row has an interval.
    init?(_ rows: [Row]) {
        var widest: (metric: String, point: Point, width: Double)?
        for row in rows {
            for metric in JudgedMetric.all {
                guard let statistics = row.statistics(of: metric.path),
                    let interval = row.interval(of: statistics)
                else { continue }
                let width = interval.relativeHalfWidth(around: statistics.median)
                guard width.isFinite, width > widest?.width ?? -1 else { continue }
                widest = (metric.words, row.point, width)
            }
        }
        guard let widest else { return nil }
        metric = widest.metric
        point = widest.point
        relativeHalfWidth = widest.width
    }
}
