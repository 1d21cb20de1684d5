/// One side of a plot.
package struct PlotAxis: Equatable, Sendable {
    /// What is measured along it, with its unit: `TPOT, ms`.
    package var title: String
    package var scale: Scale
    package var ticks: [Tick]

    /// - Parameter ticks: Those of the scale unless given.
    package init(_ title: String, _ scale: Scale, ticks: [Tick]? = nil) {
        self.title = title
        self.scale = scale
        self.ticks = ticks ?? scale.ticks
    }

    /// A logarithmic axis of few sizes, such as batches: a tick at each of them, and no other.
    package static func sizes(_ title: String, _ sizes: [Int]) -> PlotAxis {
        let values = Set(sizes).sorted().map(Double.init).filter { $0 > 0 }
        let scale =
            values.count > 1
            ? Scale.logarithmic(from: values[0], to: values[values.count - 1])
            : Scale.logarithmic(from: (values.first ?? 1) / 2, to: (values.first ?? 1) * 2)
        return PlotAxis(
            title, scale, ticks: values.map { Tick($0, label: NumberText.grouped($0, decimals: 0)) }
        )
    }
}
