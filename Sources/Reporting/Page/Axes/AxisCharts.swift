import Basics
import Charts
import Measurement
import Sweep

/// One of the reports that charts show beside each other.
struct ChartedReport {
    /// Stands before the names of its lines; empty where it is alone.
    let name: String
    let rows: [Row]
}

/// Charts of what was measured along one axis of a grid; each line holds all that the axis does not
/// vary.
struct AxisCharts {
    private let axis: GridAxis
    private let reports: [ChartedReport]
    /// What tells one line from another.
    private let rest: [Parameter]
    private let lines: [Line]
    private let language: Language

    /// The rows of all reports that differ along the axis alone.
    private struct Line {
        let point: Point
        /// A list for each report, ascending along the axis.
        let rows: [[Row]]
    }

    private struct Measure {
        let name: Wording
        let unit: String
        let path: KeyPath<Sample, Double?>
    }

    private static var measures: [Measure] {
        [
            Measure(name: Wording("TTFT"), unit: "ms", path: \.ttft),
            Measure(name: Wording("TPOT"), unit: "ms", path: \.tpot),
            Measure(
                name: Wording(en: "Throughput", zh: "吞吐"), unit: "token/s", path: \.outputRate),
        ]
    }

    /// How many drawings show each line.
    static var measureCount: Int { measures.count }

    /// Lines of different reports have the same colour, so that there must be fewer of them.
    private var mostLines: Int { reports.count > 1 ? 3 : Colour.seriesCount }

    /// Values that span more are drawn on a logarithmic axis.
    private static let widestLinear = 30.0

    init(_ axis: GridAxis, _ reports: [ChartedReport], in language: Language) {
        self.axis = axis
        self.language = language
        self.reports = reports
        let points = reports.flatMap { $0.rows.map(\.point) }
        rest = GridAxis.varied(in: points).filter { !axis.parameters.contains($0) }
        let rows = reports.map { report in
            Dictionary(grouping: report.rows) { $0.point.parameters.without(axis.parameters) }
                .mapValues { rows in
                    rows.sorted {
                        (axis.place(of: $0.point) ?? 0) < (axis.place(of: $1.point) ?? 0)
                    }
                }
        }
        var seen: Set<Parameters> = []
        lines = points.compactMap { point -> Line? in
            let key = point.parameters.without(axis.parameters)
            guard seen.insert(key).inserted else { return nil }
            return Line(point: point, rows: rows.map { $0[key] ?? [] })
        }
    }

    /// A drawing for each of them of as many lines as can be told apart.
    var figures: [Figure] {
        groups.flatMap { title, lines in
            Self.measures.compactMap { figure(of: $0, lines, title) }
        }
    }

    /// The lines that are drawn together, and what they have in common that others have not.
    private var groups: [(title: String, lines: [Line])] {
        guard lines.count > mostLines else { return [("", lines)] }
        let inside = insideParameters
        let outside = rest.filter { !inside.contains($0) }
        var titles: [String] = []
        var facets: [String: [Line]] = [:]
        for line in lines {
            let title = name(of: line.point, by: outside)
            if facets[title] == nil { titles.append(title) }
            facets[title, default: []].append(line)
        }
        return titles.flatMap { title -> [(title: String, lines: [Line])] in
            let parts = (facets[title] ?? []).parts(ofAtMost: mostLines)
            return parts.enumerated().map { index, lines -> (title: String, lines: [Line]) in
                let number =
                    parts.count > 1
                    ? language(
                        en: "\(index + 1) of \(parts.count)", zh: "\(index + 1)/\(parts.count)")
                    : ""
                let words = [title, number].filter { !$0.isEmpty }
                    .joined(separator: language.comma)
                return (words, lines)
            }
        }
    }

    /// What tells the lines of one drawing apart where there are too many for one: lengths before
    /// batches before settings of the machine.
    private var insideParameters: [Parameter] {
        let lengths = rest.filter { [Parameter.input, .output].contains($0) }
        return lengths.isEmpty ? Array(rest.prefix(1)) : lengths
    }

    private func figure(of measure: Measure, _ lines: [Line], _ group: String) -> Figure? {
        let inside = lines.count == self.lines.count ? rest : insideParameters
        let series = lines.enumerated().flatMap { index, line in
            zip(reports, line.rows).enumerated().compactMap { number, part in
                self.series(
                    of: measure, part.1, report: part.0.name, number: number,
                    line: name(of: line.point, by: inside), colour: index)
            }
        }
        let points = series.flatMap(\.points)
        let values = points.map(\.y)
        guard let least = values.min(), let most = values.max() else { return nil }
        let isWide = least > 0 && most > least * Self.widestLinear
        var plot = Plot(
            title: "\(measure.name[language]), \(measure.unit)"
                + (group.isEmpty ? "" : " · \(group)"),
            x: axis.plotAxis,
            y: PlotAxis(
                isWide
                    ? measure.unit + language(en: ", logarithmic", zh: "，对数") : measure.unit,
                isWide ? .logarithmic(covering: points.ends) : .linear(covering: points.ends)),
            series: series)
        let (low, high) = (fourDigits(least), fourDigits(most))
        plot.summary = language(
            en: "Along \(axis.name), from \(low) to \(high) \(measure.unit)",
            zh: "横轴：\(axis.name)，从 \(low) 到 \(high) \(measure.unit)")
        return Figure(plot.drawing)
    }

    private func series(
        of measure: Measure, _ rows: [Row], report: String, number: Int, line: String, colour: Int
    ) -> Series? {
        let points = rows.compactMap { row -> Datum? in
            guard let statistics = row.statistics(of: measure.path),
                let place = axis.place(of: row.point)
            else { return nil }
            let tip = row.tip(
                of: measure.path, measure.name[language], unit: measure.unit, in: language)
            return Datum(
                place, statistics.median,
                range: row.interval(of: statistics).map { $0.low...$0.high },
                tip: report.isEmpty ? tip : "\(report): \(tip)")
        }
        guard !points.isEmpty else { return nil }
        let dashes: [Series.Line] = [.solid, .dashed, .dotted, .dashDotted]
        var series = Series(
            [report, line].filter { !$0.isEmpty }.joined(separator: ": "), points: points,
            colour: .series(colour), line: dashes[number % dashes.count],
            marker: .series(colour), spread: .whiskers)
        series.isHollow = !number.isMultiple(of: 2)
        return series
    }

    /// What tells a point from others by some parameters: `batch 4, 256 → 32, t2`.
    private func name(of point: Point, by parameters: [Parameter]) -> String {
        var words: [String] = []
        if parameters.contains(.batch) { words.append("batch \(point.batch)") }
        switch (parameters.contains(.input), parameters.contains(.output)) {
        case (true, true): words.append(point.pair.words)
        case (true, false): words.append(length(.input, of: point))
        case (false, true): words.append(length(.output, of: point))
        case (false, false): break
        }
        let settings = Parameter.settings.filter(parameters.contains)
        let setting = Parameters(
            Dictionary(
                uniqueKeysWithValues: settings.compactMap { parameter in
                    point.parameters[parameter].map { (parameter, $0) }
                }))
        if let id = setting.id { words.append(id) }
        return words.joined(separator: ", ")
    }

    private func length(_ parameter: Parameter, of point: Point) -> String {
        let value = point.parameters[parameter]?.description ?? ""
        return "\(parameter.title(in: language)) \(value)"
    }
}

extension [Datum] {
    /// Their values, with the ends of what each may be.
    var ends: [Double] {
        flatMap { [$0.y, $0.range?.lowerBound ?? $0.y, $0.range?.upperBound ?? $0.y] }
    }
}

extension Array {
    /// Cut into parts of about the same size, rather than with a last one that has a single element.
    func parts(ofAtMost most: Int) -> [[Element]] {
        let count = (self.count + most - 1) / most
        guard count > 0 else { return [] }
        let size = (self.count + count - 1) / count
        return stride(from: 0, to: self.count, by: size).map {
            Array(self[$0..<Swift.min($0 + size, self.count)])
        }
    }
}
