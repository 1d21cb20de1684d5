import Measurement
package import Sweep

/// How far the control cell moved while the cells of a sweep were measured.
package struct Drift: Equatable, Sendable {
    package let point: Point
    /// The slowest measurement's median response time over that of the fastest, minus 1.
    package let change: Double
    /// Whether every run of the slowest took longer than every run of the fastest.
    package let isSeparated: Bool

    /// Compares the measurements of one control cell; nil if there are not two.
    init?(_ controls: [ControlRun]) {
        guard let point = controls.first?.repetition.point else { return nil }
        let groups = Dictionary(grouping: controls, by: \.group).values.compactMap {
            Statistics($0.map(\.repetition.sample.methodNanoseconds))
        }
        guard groups.count > 1, let fastest = groups.min(by: { $0.median < $1.median }),
            let slowest = groups.max(by: { $0.median < $1.median }), fastest.median > 0
        else { return nil }
        self.point = point
        change = slowest.median / fastest.median - 1
        isSeparated = slowest.minimum > fastest.maximum
    }

    /// The drift under each setting of the machine.
    static func perSetting(_ controls: [ControlRun]) -> [Parameters: Drift] {
        Dictionary(grouping: controls, by: \.repetition.point.setting).compactMapValues(Drift.init)
    }
}
