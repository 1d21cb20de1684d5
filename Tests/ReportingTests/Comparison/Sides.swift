import Measurement
import Reporting
import Sweep

extension ComparedCell {
    /// A cell whose repetitions are a value times 0.99, 1.01, 0.98, 1.02 and so on.
    static func spread(
        _ id: String, _ metric: Metric, around value: Double, count: Int = 10
    ) -> ComparedCell {
        let values = (0..<count).map { index in
            let step = Double(index / 2 + 1) * 0.01
            return index.isMultiple(of: 2) ? value * (1 - step) : value * (1 + step)
        }
        return ComparedCell(id: id, values: [metric: values])
    }
}

extension ComparisonSide {
    init(_ path: String, _ cells: [ComparedCell], facts: [Fact] = []) {
        self.init(path: path, cells: cells, facts: facts)
    }
}
