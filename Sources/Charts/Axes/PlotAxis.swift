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
        return PlotAxis(title, scale, ticks: values.map(tick))
    }

    /// An axis of few counts with a tick at each of them: logarithmic where all are powers of two,
    /// linear otherwise.
    package static func counts(_ title: String, _ counts: [Int]) -> PlotAxis {
        let values = Set(counts).sorted()
        guard let first = values.first, let last = values.last, first < last,
            !values.allSatisfy({ $0 > 0 && $0.nonzeroBitCount == 1 })
        else { return sizes(title, counts) }
        return PlotAxis(
            title, .linear(from: Double(first), to: Double(last)),
            ticks: values.map { tick(Double($0)) })
    }

    /// An axis of names, which are no numbers: each stands at its place among them, counted from 0.
    package static func names(_ title: String, _ names: [String]) -> PlotAxis {
        PlotAxis(
            title, .linear(from: -0.5, to: Double(names.count) - 0.5),
            ticks: names.enumerated().map { Tick(Double($0), label: $1) })
    }

    private static func tick(_ value: Double) -> Tick {
        Tick(value, label: NumberText.grouped(value, decimals: 0))
    }
}
