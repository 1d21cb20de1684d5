package import Basics
package import Measurement
import Sweep

/// One cell of a side of a comparison.
package struct ComparedCell: Equatable, Sendable {
    /// What joins it with the cell of the other side.
    package let id: String
    /// Nil for a test that is no call of a batch, an input and an output.
    package var shape: Shape?
    /// One value a repetition; no entry where there are none.
    package var values: [Metric: [Double]] = [:]
    /// Why its numbers must not be used; nil if they may.
    package var failure: Wording?
    /// Whether it was tried: a sweep that ended early did not come to all of its cells.
    package var wasRun = true
    /// Whether something from outside disturbed the runs, so that nothing can be told from them.
    package var isDisturbed = false
    /// What the machine could do beside the repetitions; empty where that was not measured.
    package var roofs: [Roof] = []

    package init(
        id: String, shape: Shape? = nil, values: [Metric: [Double]] = [:], failure: Wording? = nil
    ) {
        self.id = id
        self.shape = shape
        self.values = values
        self.failure = failure
    }

    /// The cell of a row: only rows that are ok and not invalid have values to compare.
    init(_ row: Row) {
        id = row.point.id
        shape = row.point.shape
        wasRun = row.status != .notRun
        if row.status != .ok {
            func words(_ language: Language) -> String {
                ([row.status.word(in: language)] + row.doubts(in: language))
                    .joined(separator: language.colon)
            }
            failure = Wording(en: words(.en), zh: words(.zh))
        } else if row.verdict == .invalid {
            func words(_ language: Language) -> String {
                row.doubts(in: language).joined(separator: language.semicolon)
            }
            failure = Wording(en: words(.en), zh: words(.zh))
        } else {
            isDisturbed = !row.disturbances.isEmpty
            roofs = row.roofs
            for metric in Metric.allCases {
                let found = (row.summary?.samples ?? []).compactMap(metric.value)
                if !found.isEmpty { values[metric] = found }
            }
        }
    }
}
