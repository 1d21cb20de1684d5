package import Basics
internal import Measurement
internal import Profiling
internal import Sweep

extension Profile {
    /// `operators.csv`: every operator of both phases, then what was spent outside of them.
    package var operatorsCSV: String { CSV.text(Column.profile, lines) }

    /// `profile.md`, which the terminal shows: a table for each phase, and what it shows in words.
    package func text(in language: Language = .en) -> String {
        let shape = recording.shape
        var sections = [
            "# \(manifest.engine.model) · \(manifest.engine.precision) · batch \(shape.batch) · "
                + "\(shape.inputLength)x\(shape.outputLength)\n"
        ]
        for table in tables {
            let lines = lines.filter { $0.phase == table.phase }
            let time = fixed(table.duration / 1e6, decimals: 3)
            let steps = Self.steps(table.stepCount, in: language)
            sections.append(
                "## \(table.phase.rawValue)\(language.colon)\(time) ms\(language.comma)\(steps)\n")
            sections.append(
                MarkdownTable.text(
                    Column.profileShown(withLayers: isPerLayer, in: language), lines))
        }
        sections.append(roofText(in: language))
        sections.append(costText(in: language))
        let advice = findings.map { "- \($0.text[language])\n" }.joined()
        let none = language(en: "nothing that stands out", zh: "没有突出的")
        sections.append("## \(Self.adviceTitle(in: language))\n")
        sections.append(advice.isEmpty ? "- \(none)\n" : advice)
        return sections.joined(separator: "\n")
    }

    static func steps(_ count: Int, in language: Language) -> String {
        language(en: count == 1 ? "1 step" : "\(count) steps", zh: "\(count) 步")
    }

    static func adviceTitle(in language: Language) -> String {
        language(en: "What could be better", zh: "可以改进的地方")
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

    private func roofText(in language: Language) -> String {
        guard let before = recording.roofBefore, let after = recording.roofAfter else {
            return language(en: "Roof: not measured.\n", zh: "上限：没有测量。\n")
        }
        func text(_ roof: Roof) -> String {
            "\(fixed(roof.readBytesPerSecond / 1e9, decimals: 1)) GB/s"
                + language(en: " and ", zh: " 和 ")
                + "\(fixed(roof.operationsPerSecond / 1e9, decimals: 0)) GFLOP/s"
        }
        return language(
            en: """
                Roof of \(recording.threadCount) threads: \(text(before)) right before, \(text(after)) right \
                after. `of roof` is the larger one of the shares of both; above 100 % a cache delivered what \
                memory could not.

                Times of operators are means over the threads, so that with barriers, dispatch (the start of \
                a pass), host and remainder they add up to the phase; rates are those of the call as a whole, \
                from the first thread's start to the last thread's end. Imbalance: the busiest thread's work \
                over the mean.

                """,
            zh: """
                \(recording.threadCount) 个线程的上限：之前 \(text(before))，之后 \(text(after))。“占上限”取两者占比\
                中较大的；超过 100 % 时，缓存给出了内存给不出的。

                算子的时间是各线程的平均，加上 barriers（屏障）、dispatch（一趟的开始）、host 和 remainder（其余）等于\
                整个阶段；速率是整次调用的，从第一个线程开始到最后一个线程结束。不均衡：最忙线程的工作与平均之比。

                """)
    }

    private func costText(in language: Language) -> String {
        let span = fixed(spanNanoseconds, decimals: 0)
        let computed = fixed(computedCost * 100, decimals: 3)
        var text = language(
            en:
                "Recording: \(recording.spans.count) spans of \(span) ns, \(computed) % of the call",
            zh: "记录：\(recording.spans.count) 个片段，每个 \(span) ns，占调用的 \(computed) %")
        if let measuredCost {
            let sign = measuredCost < 0 ? "" : "+"
            let measured = "\(sign)\(fixed(measuredCost * 100, decimals: 2)) %"
            text += language(
                en:
                    "; measured \(measured), the median of \(pairs.count) pairs of calls with and without",
                zh: "；实测 \(measured)，为 \(pairs.count) 对有记录与无记录调用的中位数")
        }
        return text + language(en: ".\n", zh: "。\n")
    }
}
