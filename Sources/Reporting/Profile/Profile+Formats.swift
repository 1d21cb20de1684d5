internal import Measurement
internal import Profiling
internal import Sweep

extension Profile {
    /// `operators.csv`: every operator of both phases, then what was spent outside of them.
    package var operatorsCSV: String { CSV.text(Column.profile, lines) }

    /// `profile.md`, which the terminal shows: a table for each phase, and what it shows in words.
    package var text: String {
        let shape = recording.shape
        var sections = [
            "# \(manifest.engine.model) · \(manifest.engine.precision) · batch \(shape.batch) · "
                + "\(shape.inputLength)x\(shape.outputLength)\n"
        ]
        for table in tables {
            let lines = lines.filter { $0.phase == table.phase }
            let time = fixed(table.duration / 1e6, decimals: 3)
            let steps = table.stepCount == 1 ? "1 step" : "\(table.stepCount) steps"
            sections.append("## \(table.phase.rawValue): \(time) ms, \(steps)\n")
            sections.append(
                MarkdownTable.text(Column.profileShown(withLayers: isPerLayer), lines))
        }
        sections.append(roofText)
        sections.append(costText)
        let advice = findings.map { "- \($0.text)\n" }.joined()
        sections.append("## What could be better\n")
        sections.append(advice.isEmpty ? "- nothing that stands out\n" : advice)
        return sections.joined(separator: "\n")
    }

    /// `profile.json`.
    package func json() throws(ReportingError) -> String {
        let rows = lines.map { line in
            let fields = Column.profile.map { ($0.header, JSONValue($0.value(line))) }
            return JSONValue.object(Dictionary(uniqueKeysWithValues: fields))
        }
        let threads = tables.flatMap { table in
            table.rows.flatMap { row in
                row.threads.enumerated().map { thread, time in
                    JSONValue.object([
                        "phase": .string(table.phase.rawValue), "operator": .string(row.name),
                        "thread": .integer(thread), "busy_ms": .number(time.busy / 1e6),
                        "barrier_wait_ms": .number(time.wait / 1e6),
                    ])
                }
            }
        }
        let printed = Printed(
            manifest: manifest,
            rows: rows,
            threads: threads,
            findings: try findings.map { finding throws(ReportingError) in
                try JSONValue(encoding: finding)
            },
            roofBefore: recording.roofBefore,
            roofAfter: recording.roofAfter,
            droppedSpans: recording.droppedSpans,
            recording: .object([
                "spans": .integer(recording.spans.count),
                "span_ns": .number(spanNanoseconds),
                "computed_cost": .number(computedCost),
                "measured_cost": measuredCost.map(JSONValue.number) ?? .null,
                "pairs": .array(
                    pairs.map {
                        .object([
                            "plain_s": .number($0.plain / 1e9),
                            "recorded_s": .number($0.recorded / 1e9),
                        ])
                    }),
            ]))
        return try jsonText(printed, pretty: true) + "\n"
    }

    private struct Printed: Encodable {
        let manifest: Manifest
        let rows: [JSONValue]
        let threads: [JSONValue]
        let findings: [JSONValue]
        let roofBefore: Roof?
        let roofAfter: Roof?
        let droppedSpans: Int
        let recording: JSONValue

        enum CodingKeys: String, CodingKey {
            case manifest, rows, threads, findings, recording
            case roofBefore = "roof_before"
            case roofAfter = "roof_after"
            case droppedSpans = "dropped_spans"
        }
    }

    private var roofText: String {
        guard let before = recording.roofBefore, let after = recording.roofAfter else {
            return "Roof: not measured.\n"
        }
        func text(_ roof: Roof) -> String {
            "\(fixed(roof.readBytesPerSecond / 1e9, decimals: 1)) GB/s and "
                + "\(fixed(roof.operationsPerSecond / 1e9, decimals: 0)) GFLOP/s"
        }
        return """
            Roof of \(recording.threadCount) threads: \(text(before)) right before, \(text(after)) right \
            after. `of roof` is the larger one of the shares of both; above 100 % a cache delivered what \
            memory could not.

            Times of operators are means over the threads, so that with barriers, dispatch (the start of \
            a pass), host and remainder they add up to the phase; rates are those of the call as a whole, \
            from the first thread's start to the last thread's end. Imbalance: the busiest thread's work \
            over the mean.

            """
    }

    private var costText: String {
        var text =
            "Recording: \(recording.spans.count) spans of \(fixed(spanNanoseconds, decimals: 0)) ns, "
            + "\(fixed(computedCost * 100, decimals: 3)) % of the call"
        if let measuredCost {
            let sign = measuredCost < 0 ? "" : "+"
            text +=
                "; measured \(sign)\(fixed(measuredCost * 100, decimals: 2)) %, the median of "
                + "\(pairs.count) pairs of calls with and without"
        }
        return text + ".\n"
    }
}
