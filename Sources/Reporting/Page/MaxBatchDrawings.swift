import Basics
import Charts
import Sweep

/// Memory and times of one pair of lengths against batch, with the limits on them.
struct MaxBatchDrawings {
    let curve: MaxBatchCurve
    let limits: MaxBatchLimits
    let language: Language

    var memory: Figure? {
        let predicted = curve.points.compactMap { point in
            point.predictedBytes.map { Datum(Double(point.batch), mebibytes($0)) }
        }
        let held = data(\.peakMebibytes, language.peak, "MiB")
        let limit = limits.memoryBytes.map(mebibytes)
        let values = predicted.map(\.y) + held.flatMap { $0.map(\.y) } + [limit].compactMap(\.self)
        guard !predicted.isEmpty || held.contains(where: { !$0.isEmpty }) else { return nil }
        var plot = Plot(
            title: language(en: "Memory", zh: "内存") + ", \(curve.pair.words)", x: axis,
            y: PlotAxis("MiB", .linear(covering: values)),
            series: [
                Series(
                    language.predicted, points: predicted, colour: .muted, line: .solid,
                    marker: nil)
            ] + series(held, language.peak))
        plot.rules = rules(at: limit)
        return Figure(plot.drawing)
    }

    func time(
        _ name: String, _ value: (MaxBatchCurve.Point) -> Double?, limit: Double?
    ) -> Figure? {
        let data = data(value, name, "ms")
        guard data.contains(where: { !$0.isEmpty }) else { return nil }
        var plot = Plot(
            title: "\(name), \(curve.pair.words)", x: axis,
            y: PlotAxis(
                "ms", .linear(covering: data.flatMap { $0.map(\.y) } + [limit].compactMap(\.self))),
            series: series(data, name))
        plot.rules = rules(at: limit)
        return Figure(plot.drawing)
    }

    private var axis: PlotAxis { .sizes(language.sequences, curve.points.map(\.batch)) }

    private func rules(at limit: Double?) -> [Rule] {
        limit.map { [Rule(.horizontal, at: $0, label: language(en: "limit", zh: "限值"))] } ?? []
    }

    /// What has the value: the attempts that passed, and those that did not.
    private func data(
        _ value: (MaxBatchCurve.Point) -> Double?, _ name: String, _ unit: String
    ) -> [[Datum]] {
        [true, false].map { passed in
            curve.points.filter { $0.passed == passed }.compactMap { point in
                value(point).map { value in
                    let outcome = limits.reason(of: point)?[language] ?? point.word(in: language)
                    return Datum(
                        Double(point.batch), value,
                        tip: "batch \(point.batch)\(language.colon)\(outcome)\n\(name) "
                            + "\(fourDigits(value)) \(unit)")
                }
            }
        }
    }

    private func series(_ data: [[Datum]], _ name: String) -> [Series] {
        let kinds: [(String, Colour, Marker)] = [
            (language(en: "\(name), passed", zh: "\(name)，通过"), .series(0), .circle),
            (language(en: "\(name), not passed", zh: "\(name)，未通过"), .limit, .cross),
        ]
        return zip(data, kinds).filter { !$0.0.isEmpty }.map { points, kind in
            Series(kind.0, points: points, colour: kind.1, line: .none, marker: kind.2)
        }
    }
}
