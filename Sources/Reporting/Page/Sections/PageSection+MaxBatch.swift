import Charts
import Sweep

extension PageSection {
    /// The largest batch of each pair of lengths, and within which limits.
    static func largestBatches(
        _ manifest: Manifest, _ curves: [MaxBatchCurve], _ limits: MaxBatchLimits
    ) -> PageSection {
        let found = curves.count { $0.maxBatch != nil }
        let details =
            "Of \(curves.count) pairs of lengths \(found) have a batch that passed. Limits: "
            + limits.words + "."
        let conclusion =
            curves.isEmpty || found == 0
            ? Conclusion(grade: .bad, headline: "No batch passed.", details: details)
            : found < curves.count || manifest.status != .completed
                ? Conclusion(
                    grade: .care, headline: "The search found some answers.", details: details)
                : Conclusion(
                    grade: .good, headline: "Every pair has its largest batch.", details: details)
        let table = PageTable<MaxBatchCurve>(
            caption: "Largest batches",
            columns: [
                PageTable.Column("input", unit: "tokens") { .number($0.input) },
                PageTable.Column("output", unit: "tokens") { .number($0.output) },
                PageTable.Column("largest batch") { .number($0.maxBatch) },
                PageTable.Column("TTFT", unit: "ms") { .number($0.best?.ttft) },
                PageTable.Column("TPOT", unit: "ms") { .number($0.best?.tpot) },
                PageTable.Column("end to end", unit: "token/s") { .number($0.best?.outputRate) },
                PageTable.Column("peak", unit: "MiB") {
                    .number(($0.best?.peakBytes).map(mebibytes))
                },
                PageTable.Column("notes") { .prose($0.words) },
            ], rows: curves)
        var section = summary(conclusion, KeyFigure.figures(of: curves), notices: [])
        section.title = "Largest batches"
        section.body += table.markup
        return section
    }

    /// Memory and times against batch, with the limits on them.
    static func batchCurves(
        _ curves: [MaxBatchCurve], _ limits: MaxBatchLimits
    ) -> PageSection? {
        let figures = curves.flatMap { curve in
            [
                memory(curve, limits),
                time(curve, "TTFT", \.ttft, limit: limits.ttft),
                time(curve, "TPOT", \.tpot, limit: limits.tpot),
            ].compactMap(\.self)
        }
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "curves", title: "Against batch",
            explanation: "Every attempt was a real run in a process of its own. A circle passed, a "
                + "cross did not.",
            figures: figures, numbers: .section(anchor: "attempts", title: "Attempts"))
    }

    private static func memory(_ curve: MaxBatchCurve, _ limits: MaxBatchLimits) -> Figure? {
        let predicted = curve.points.compactMap { point in
            point.predictedBytes.map { Datum(Double(point.batch), mebibytes($0)) }
        }
        let held = curve.data(\.peakMebibytes, "peak", "MiB")
        let limit = limits.memoryBytes.map(mebibytes)
        let values = predicted.map(\.y) + held.flatMap { $0.map(\.y) } + [limit].compactMap(\.self)
        guard !predicted.isEmpty || held.contains(where: { !$0.isEmpty }) else { return nil }
        var plot = Plot(
            title: "Memory, \(curve.pair.words)", x: curve.axis,
            y: PlotAxis("MiB", .linear(covering: values)),
            series: [
                Series("predicted", points: predicted, colour: .muted, line: .solid, marker: nil)
            ] + curve.series(held, "peak"))
        if let limit { plot.rules = [Rule(.horizontal, at: limit, label: "limit")] }
        return Figure(plot.drawing)
    }

    private static func time(
        _ curve: MaxBatchCurve, _ name: String, _ value: (MaxBatchCurve.Point) -> Double?,
        limit: Double?
    ) -> Figure? {
        let data = curve.data(value, name, "ms")
        guard data.contains(where: { !$0.isEmpty }) else { return nil }
        var plot = Plot(
            title: "\(name), \(curve.pair.words)", x: curve.axis,
            y: PlotAxis(
                "ms", .linear(covering: data.flatMap { $0.map(\.y) } + [limit].compactMap(\.self))),
            series: curve.series(data, name))
        if let limit { plot.rules = [Rule(.horizontal, at: limit, label: "limit")] }
        return Figure(plot.drawing)
    }

    /// Every attempt.
    static func attempts(_ curves: [MaxBatchCurve]) -> PageSection? {
        let attempts = curves.flatMap { curve in curve.points.map { (curve.pair, $0) } }
        guard !attempts.isEmpty else { return nil }
        let table = PageTable<(LengthPair, MaxBatchCurve.Point)>(
            caption: "Attempts",
            columns: [
                PageTable.Column("input", unit: "tokens") { .number($0.0.input) },
                PageTable.Column("output", unit: "tokens") { .number($0.0.output) },
                PageTable.Column("batch") { .number($0.1.batch) },
                PageTable.Column("outcome") { attempt in
                    PageTable.Field(
                        attempt.1.passed
                            ? "<span class=\"good\">passed</span>"
                            : "<span class=\"bad\">\(attempt.1.word)</span>")
                },
                PageTable.Column("TTFT", unit: "ms") { .number($0.1.ttft) },
                PageTable.Column("TPOT", unit: "ms") { .number($0.1.tpot) },
                PageTable.Column("predicted", unit: "MiB") {
                    .number($0.1.predictedBytes.map(mebibytes))
                },
                PageTable.Column("peak", unit: "MiB") { .number($0.1.peakMebibytes) },
                PageTable.Column("reason") { .prose($0.1.reason ?? "") },
            ], rows: attempts)
        return PageSection(anchor: "attempts", title: "Attempts", body: table.markup)
    }
}

extension KeyFigure {
    /// Each answer of a search, and what the next batch ran into.
    fileprivate static func figures(of curves: [MaxBatchCurve]) -> [KeyFigure] {
        // The table below has all of them.
        curves.prefix(8).map { curve in
            let name = "Largest batch of \(curve.pair.words) tokens"
            guard let batch = curve.maxBatch else {
                return KeyFigure(name: name, lines: [curve.words])
            }
            let times = [
                curve.best?.ttft.map { "\(fourDigits($0)) ms to the first token" },
                curve.best?.tpot.map { "\(fourDigits($0)) ms a token" },
            ].compactMap(\.self).joined(separator: ", ")
            let next = curve.points.first { !$0.passed && $0.batch > batch }.map {
                "\($0.batch) did not pass: \($0.reason ?? $0.word)"
            }
            return KeyFigure(
                name: name, value: "\(batch)", unit: batch == 1 ? "sequence" : "sequences",
                lines: [times, next ?? "no larger one was tried"].filter { !$0.isEmpty })
        }
    }
}

extension MaxBatchCurve {
    fileprivate var pair: LengthPair { LengthPair(input, output) }

    /// The attempt that stands for the answer.
    fileprivate var best: Point? { points.last { $0.batch == maxBatch && $0.passed } }

    /// The notes, and why there is no answer.
    fileprivate var words: String {
        let why = maxBatch == nil ? [points.last?.reason ?? "nothing was tried"] : []
        return ((notes ?? []) + why).joined(separator: "; ")
    }

    fileprivate var axis: PlotAxis { .sizes("batch, sequences", points.map(\.batch)) }

    /// What has the value: the attempts that passed, and those that did not.
    fileprivate func data(
        _ value: (Point) -> Double?, _ name: String, _ unit: String
    ) -> [[Datum]] {
        [true, false].map { passed in
            points.filter { $0.passed == passed }.compactMap { point in
                value(point).map { value in
                    let outcome = passed ? "passed" : point.reason ?? point.word
                    return Datum(
                        Double(point.batch), value,
                        tip:
                            "batch \(point.batch): \(outcome)\n\(name) \(fourDigits(value)) \(unit)"
                    )
                }
            }
        }
    }

    fileprivate func series(_ data: [[Datum]], _ name: String) -> [Series] {
        let kinds: [(String, Colour, Marker)] = [
            ("\(name), passed", .series(0), .circle), ("\(name), not passed", .limit, .cross),
        ]
        return zip(data, kinds).filter { !$0.0.isEmpty }.map { points, kind in
            Series(kind.0, points: points, colour: kind.1, line: .none, marker: kind.2)
        }
    }
}

extension MaxBatchCurve.Point {
    fileprivate var peakMebibytes: Double? { peakBytes.map(mebibytes) }

    /// How it came out, in a word.
    fileprivate var word: String {
        if let status, status != .ok { status.rawValue } else { "not passed" }
    }
}
