package import Measurement

/// All cells of two sides by one metric.
package struct MetricComparison: Equatable, Sendable {
    package let metric: Metric
    /// At least one.
    package internal(set) var cells: [CellComparison]
    /// Of the speeds of B over A of all cells; nil if one of them has none.
    package let geometricMean: RatioInterval?

    /// Holds together the cells that have values on both sides, undecided; nil if none does.
    init?(
        _ metric: Metric, _ joined: [(a: ComparedCell, b: ComparedCell)],
        settings: ComparisonSettings
    ) {
        var cells: [CellComparison] = []
        var pairs: [RatioInterval.Pair] = []
        for (a, b) in joined {
            guard let first = a.values[metric], let second = b.values[metric],
                let before = Statistics(first), let after = Statistics(second)
            else { continue }
            let pair =
                metric.isTime
                ? RatioInterval.Pair(first, over: second) : .init(second, over: first)
            let speed = RatioInterval(geometricMeanOf: [pair], resamples: settings.resamples)
            var cell = CellComparison(id: a.id, a: before, b: after, speed: speed)
            cell.disturbance = Self.disturbance(a, b, name: settings.nameOfB)
            cells.append(cell)
            pairs.append(pair)
        }
        guard !cells.isEmpty else { return nil }
        self.metric = metric
        geometricMean = RatioInterval(geometricMeanOf: pairs, resamples: settings.resamples)
        self.cells = cells
    }

    private static func disturbance(
        _ a: ComparedCell, _ b: ComparedCell, name: String
    ) -> String? {
        switch (a.isDisturbed, b.isDisturbed) {
        case (true, true): "A and \(name) were disturbed"
        case (true, false): "A was disturbed"
        case (false, true): "\(name) was disturbed"
        case (false, false): MachineMove(a.roofs, b.roofs, name: name)?.description
        }
    }
}
