package import Measurement

/// All cells of two sides by one metric.
package struct MetricComparison: Equatable, Sendable {
    package let metric: Metric
    /// At least one.
    package let cells: [CellComparison]
    /// Of the speeds of B over A of all cells; nil if one of them has none.
    package let geometricMean: RatioInterval?

    /// Significant is what chance does in fewer than this share of comparisons without a difference.
    package static let significance = 0.05

    /// Compares the cells that have values on both sides; nil if none does.
    ///
    /// Each cell is tested by ``MannWhitney`` on its repetitions, and the p-values of the cells are
    /// corrected by ``HolmCorrection``. A cell with too few repetitions for any p-value below
    /// ``significance`` is no part of that family: it could never raise an alarm. Nor is one that was
    /// disturbed on a side, or beside which the machine's roof moved: what differs there is the machine.
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
            cell.disturbance = Self.disturbance(a, b)
            cells.append(cell)
            pairs.append(pair)
        }
        guard !cells.isEmpty else { return nil }
        self.metric = metric
        geometricMean = RatioInterval(geometricMeanOf: pairs, resamples: settings.resamples)
        self.cells = Self.decided(cells, threshold: settings.threshold)
    }

    private static func disturbance(_ a: ComparedCell, _ b: ComparedCell) -> String? {
        switch (a.isDisturbed, b.isDisturbed) {
        case (true, true): "A and B were disturbed"
        case (true, false): "A was disturbed"
        case (false, true): "B was disturbed"
        case (false, false): MachineMove(a.roofs, b.roofs)?.description
        }
    }

    private static func decided(
        _ cells: [CellComparison], threshold: Double
    ) -> [CellComparison] {
        var cells = cells
        let smallest = cells.map { MannWhitney.smallestP($0.a.count, $0.b.count) }
        let family = cells.indices.filter {
            cells[$0].speed != nil && cells[$0].disturbance == nil && smallest[$0] < significance
        }
        let reachable = HolmCorrection.adjusted(family.map { smallest[$0] })
        let pValues = family.map {
            MannWhitney(cells[$0].a.sorted, cells[$0].b.sorted)?.pValue ?? 1
        }
        let adjusted = HolmCorrection.adjusted(pValues)
        for index in cells.indices where !family.contains(index) {
            cells[index].outcome = .cannotTell(
                cells[index].disturbance
                    ?? (cells[index].speed == nil
                        ? "a value that is not above 0" : cells[index].repetitionsText))
        }
        for (place, index) in family.enumerated() {
            guard let speed = cells[index].speed?.ratio else { continue }
            guard reachable[place] < significance else {
                cells[index].outcome = .cannotTell(
                    "\(cells[index].repetitionsText), \(family.count) cells")
                continue
            }
            cells[index].pValue = pValues[place]
            cells[index].adjustedPValue = adjusted[place]
            if adjusted[place] < significance {
                if speed > 1 + threshold { cells[index].outcome = .faster }
                if speed < 1 / (1 + threshold) { cells[index].outcome = .slower }
            }
        }
        return cells
    }
}
