/// What changed from one report to another, and whether it is real.
package struct Comparison: Equatable, Sendable {
    /// What it says as a whole.
    package enum Verdict: String, Sendable {
        /// A cell became slower, or was ok in A and is not in B.
        case regression
        /// Nothing was compared, or no test could tell anything.
        case cannotTell = "cannot_tell"
        case noRegression = "no_regression"
    }

    /// A cell that could not be compared, and why.
    package struct LeftOut: Equatable, Sendable {
        package let id: String
        package let reason: String
        /// Whether it was ok in A and should be in B.
        package var isLost = false
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
    /// whose reciprocal they are. A cell that was ok in A is lost if it is not in B; if B only lacks it,
    /// unless ``ComparisonSettings/allowsMissing`` or another tool wrote B, which has other cells.
    ///
    /// - Throws: ``ReportingError/otherModel(differences:)``.
    package init(
        _ a: ComparisonSide, _ b: ComparisonSide, settings: ComparisonSettings = .init()
    ) throws(ReportingError) {
        let differences = Difference.between(a, b)
        let refused = differences.filter { $0.weight == .refused }
        guard refused.isEmpty || settings.allowsAnyModel else {
            throw .otherModel(differences: refused.map(\.description))
        }
        let before = Self.wereRun(
            a.source == .llamaBench && b.source != .llamaBench ? a.converted(to: b.cells) : a)
        let after =
            b.source == .llamaBench && a.source != .llamaBench
            ? b.converted(to: before.cells) : b
        let others = Self.byID(after.cells)
        let hasOneRoof = !differences.contains { Self.roofFacts.contains($0.name) }
        let joined = before.cells.compactMap { cell -> (a: ComparedCell, b: ComparedCell)? in
            guard var other = others[cell.id] else { return nil }
            if !hasOneRoof { other.roofs = [] }
            return (a: cell, b: other)
        }

        self.a = before
        self.b = after
        self.settings = settings
        self.differences = differences
        let decodes = joined.filter { $0.a.values[.tpot] == nil || $0.b.values[.tpot] == nil }
        metrics = Decision(threshold: settings.threshold).decide(
            Metric.allCases.compactMap {
                MetricComparison($0, $0 == .decode ? decodes : joined, settings: settings)
            })
        leftOut = Self.leftOut(
            before.cells, after.cells, compared: Set(metrics.flatMap { $0.cells.map(\.id) }),
            missingIsLost: !settings.allowsMissing && before.source == after.source,
            nameOfB: settings.nameOfB)
    }

    /// What gives a machine another roof without anything having moved.
    private static let roofFacts: Set = [
        "CPU model", "precision", "threads", "asked cpus", "numa policy", "instruction set",
    ]

    package var verdict: Verdict {
        let cells = metrics.flatMap(\.cells)
        if !lost.isEmpty || cells.contains(where: { $0.outcome == .slower }) { return .regression }
        return cells.allSatisfy(\.isOpen) ? .cannotTell : .noRegression
    }

    /// Whether a cell became slower, significantly and beyond the noise floor, or was lost.
    package var hasRegression: Bool { verdict == .regression }

    /// The cells that were ok in A and are not in B.
    package var lost: [LeftOut] { leftOut.filter(\.isLost) }

    private static func leftOut(
        _ a: [ComparedCell], _ b: [ComparedCell], compared: Set<String>, missingIsLost: Bool,
        nameOfB: String
    ) -> [LeftOut] {
        let others = byID(b)
        let ids = Set(a.map(\.id))
        let notCompared = a.filter { !compared.contains($0.id) }.map { cell in
            guard let other = others[cell.id] else {
                return LeftOut(
                    id: cell.id, reason: Self.reason("only in A", cell.failure),
                    isLost: cell.failure == nil && missingIsLost)
            }
            let failures = [("A", cell.failure), (nameOfB, other.failure)].compactMap {
                side, failure in
                failure.map { "in \(side) \($0)" }
            }
            return LeftOut(
                id: cell.id,
                reason: failures.isEmpty
                    ? "no metric that both sides have" : failures.joined(separator: "; "),
                isLost: cell.failure == nil && other.failure != nil
                    && (other.wasRun || missingIsLost))
        }
        return notCompared
            + b.filter { !ids.contains($0.id) && $0.wasRun }.map {
                LeftOut(id: $0.id, reason: Self.reason("only in \(nameOfB)", $0.failure))
            }
    }

    /// The side without the cells that it did not come to.
    private static func wereRun(_ side: ComparisonSide) -> ComparisonSide {
        var side = side
        side.cells = side.cells.filter(\.wasRun)
        return side
    }

    private static func byID(_ cells: [ComparedCell]) -> [String: ComparedCell] {
        Dictionary(cells.map { ($0.id, $0) }) { first, _ in first }
    }

    private static func reason(_ place: String, _ failure: String?) -> String {
        failure.map { "\(place): \($0)" } ?? place
    }
}

/// How two sides are compared.
package struct ComparisonSettings: Equatable, Sendable {
    /// The noise floor as a share of speed: less is no difference, however sure.
    ///
    /// Of 0.02, speeds from 1 / 1.02 to 1.02 are the same.
    package var threshold: Double
    /// Of the bootstrap of each interval.
    package var resamples: Int
    /// Whether different models may be compared.
    package var allowsAnyModel: Bool
    /// Whether B may lack cells of A.
    package var allowsMissing: Bool
    /// What B is called; another letter where several are compared with A.
    package var nameOfB = "B"

    package init(
        threshold: Double = 0.02, resamples: Int = 10_000, allowsAnyModel: Bool = false,
        allowsMissing: Bool = false
    ) {
        self.threshold = threshold
        self.resamples = resamples
        self.allowsAnyModel = allowsAnyModel
        self.allowsMissing = allowsMissing
    }
}
