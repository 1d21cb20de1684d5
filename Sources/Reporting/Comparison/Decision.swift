import Basics
import Glibc
import Measurement

/// What all tests of a comparison say, each of them one cell by one metric, decided together.
///
/// *Faster* and *slower* are told by ``MannWhitney`` on the repetitions, corrected by
/// ``HolmCorrection`` over all tests: if nothing changed, one alarm or more comes in fewer than
/// ``significance`` of comparisons. A test that could not have been significant is no part of that
/// family: it could never raise an alarm. Nor is one that was disturbed on a side, or beside which the
/// machine's roof moved: what differs there is the machine.
///
/// *No difference* is told by two one-sided tests of 2.5 %: the 95 % interval of the speed lies within
/// 1/(1 + t) to 1 + t, where t is the noise floor. It needs no correction: that nothing changed is
/// claimed only if every test says so, and each is wrong in 2.5 % at most.
///
/// Sources: Schuirmann, A Comparison of the Two One-Sided Tests Procedure and the Power Approach for
/// Assessing the Equivalence of Average Bioavailability, Journal of Pharmacokinetics and
/// Biopharmaceutics 15 (1987); Berger, Multiparameter Hypothesis Testing and Acceptance Sampling,
/// Technometrics 24 (1982).
struct Decision {
    /// What chance may do: raise an alarm in this share of comparisons without a difference.
    static let significance = 0.05

    /// The noise floor.
    let threshold: Double

    /// Gives every cell of every metric its outcome.
    func decide(_ metrics: [MetricComparison]) -> [MetricComparison] {
        var cells = metrics.flatMap(\.cells)
        let usable = cells.indices.filter {
            cells[$0].speed != nil && cells[$0].disturbance == nil
        }
        tellDifferences(among: usable, of: &cells)
        for index in cells.indices where cells[index].isOpen {
            tell(&cells[index], tests: usable.count)
        }
        var rest = cells[...]
        return metrics.map { metric in
            var decided = metric
            decided.cells = Array(rest.prefix(metric.cells.count))
            rest = rest.dropFirst(metric.cells.count)
            return decided
        }
    }

    private func tellDifferences(among usable: [Int], of cells: inout [CellComparison]) {
        let smallest = usable.map { MannWhitney.smallestP(cells[$0].a.count, cells[$0].b.count) }
        guard let limit = Self.largestUsefulP(smallest) else { return }
        let family = zip(usable, smallest).filter { $0.1 <= limit }.map(\.0)
        let pValues = family.map {
            MannWhitney(cells[$0].a.sorted, cells[$0].b.sorted)?.pValue ?? 1
        }
        let adjusted = HolmCorrection.adjusted(pValues)
        for (place, index) in family.enumerated() {
            cells[index].pValue = pValues[place]
            cells[index].adjustedPValue = adjusted[place]
            guard adjusted[place] < Self.significance, let speed = cells[index].speed?.ratio
            else { continue }
            if speed > 1 + threshold { cells[index].outcome = .faster }
            if speed < 1 / (1 + threshold) { cells[index].outcome = .slower }
        }
    }

    /// The largest of the smallest p-values that tests can reach at which each can still be significant
    /// among all that reach as little; nil if none can.
    ///
    /// It depends on numbers of repetitions alone, so choosing the family by it costs nothing (Tarone,
    /// A Modified Bonferroni Method for Discrete Data, Biometrics 46, 1990).
    private static func largestUsefulP(_ smallest: [Double]) -> Double? {
        let sorted = smallest.sorted()
        return sorted.indices.last { index in
            (index + 1 == sorted.count || sorted[index + 1] > sorted[index])
                && sorted[index] * Double(index + 1) < significance
        }.map { sorted[$0] }
    }

    /// Of a cell that is neither faster nor slower.
    private func tell(_ cell: inout CellComparison, tests: Int) {
        if let disturbance = cell.disturbance {
            cell.outcome = .cannotTell(disturbance)
            return
        }
        guard let speed = cell.speed else {
            cell.outcome = .cannotTell(
                Wording(en: "a value that is not above 0", zh: "有一个值不大于 0"))
            return
        }
        if let interval = speed.interval, interval.low >= 1 / (1 + threshold),
            interval.high <= 1 + threshold
        {
            cell.outcome = .noDifference
            return
        }
        let foresight = Foresight(cell, threshold: threshold, tests: tests)
        cell.repetitionsLeft = foresight.repetitionsLeft
        cell.outcome = .cannotTell(foresight.words)
    }
}
