/// What changed from one report to another, and whether it is real.
package struct Comparison: Equatable, Sendable {
    /// A cell that could not be compared, and why.
    package struct LeftOut: Equatable, Sendable {
        package let id: String
        package let reason: String
    }

    package let a: ComparisonSide
    package let b: ComparisonSide
    package let settings: ComparisonSettings
    /// What is not the same on both sides.
    package let differences: [Difference]
    package let metrics: [MetricComparison]
    package let leftOut: [LeftOut]

    /// Compares B with A.
    ///
    /// Cells are joined by their point. Decode rates are compared only where one side has no TPOT,
    /// whose reciprocal they are.
    ///
    /// - Throws: ``ReportingError/otherModel(differences:)``, and
    ///   ``ReportingError/nothingInCommon(a:b:)`` if no cell occurs on both sides.
    package init(
        _ a: ComparisonSide, _ b: ComparisonSide, settings: ComparisonSettings = .init()
    ) throws(ReportingError) {
        let differences = Difference.between(a, b)
        let refused = differences.filter { $0.weight == .refused }
        guard refused.isEmpty || settings.allowsAnyModel else {
            throw .otherModel(differences: refused.map(\.description))
        }
        let before =
            a.source == .llamaBench && b.source != .llamaBench
            ? a.converted(to: b.cells) : a
        let after =
            b.source == .llamaBench && a.source != .llamaBench
            ? b.converted(to: a.cells) : b
        let others = Self.byID(after.cells)
        let hasOneRoof = !differences.contains { Self.roofFacts.contains($0.name) }
        let joined = before.cells.compactMap { cell -> (a: ComparedCell, b: ComparedCell)? in
            guard var other = others[cell.id] else { return nil }
            if !hasOneRoof { other.roofs = [] }
            return (a: cell, b: other)
        }
        guard !joined.isEmpty else { throw .nothingInCommon(a: a.path, b: b.path) }

        self.a = before
        self.b = after
        self.settings = settings
        self.differences = differences
        leftOut = Self.leftOut(before.cells, after.cells)
        let decodes = joined.filter { $0.a.values[.tpot] == nil || $0.b.values[.tpot] == nil }
        metrics = Metric.allCases.compactMap {
            MetricComparison($0, $0 == .decode ? decodes : joined, settings: settings)
        }
    }

    /// What gives a machine another roof without anything having moved.
    private static let roofFacts: Set = [
        "CPU model", "precision", "threads", "asked cpus", "numa policy", "instruction set",
    ]

    /// Whether a cell became slower, significantly and beyond the noise floor.
    package var hasRegression: Bool {
        metrics.contains { $0.cells.contains { $0.outcome == .slower } }
    }

    private static func leftOut(_ a: [ComparedCell], _ b: [ComparedCell]) -> [LeftOut] {
        let others = byID(b)
        let ids = Set(a.map(\.id))
        var leftOut = a.compactMap { cell -> LeftOut? in
            guard let other = others[cell.id] else {
                return LeftOut(id: cell.id, reason: Self.reason("only in A", cell.failure))
            }
            let failures = [("A", cell.failure), ("B", other.failure)].compactMap { side, failure in
                failure.map { "in \(side) \($0)" }
            }
            return failures.isEmpty
                ? nil : LeftOut(id: cell.id, reason: failures.joined(separator: "; "))
        }
        leftOut += b.filter { !ids.contains($0.id) }.map {
            LeftOut(id: $0.id, reason: Self.reason("only in B", $0.failure))
        }
        return leftOut
    }

    private static func byID(_ cells: [ComparedCell]) -> [String: ComparedCell] {
        Dictionary(cells.map { ($0.id, $0) }) { first, _ in first }
    }

    private static func reason(_ place: String, _ failure: String?) -> String {
        failure.map { "\(place): \($0)" } ?? place
    }
}
