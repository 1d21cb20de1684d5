package import Basics
internal import Measurement
package import Qwen
package import Reporting
internal import Sweep

/// What a report of a sweep over ranks says of other numbers of ranks, other models and other links.
package struct ScalingReport {
    /// What is to be foretold; what is nil is as in the report.
    package struct Question: Sendable {
        package let model: String?
        package let precision: Precision?
        package let ranks: [Int]
        package let gigabits: [Double]
        package let microseconds: Double

        package init(
            model: String?, precision: Precision?, ranks: [Int], gigabits: [Double],
            microseconds: Double
        ) {
            self.model = model
            self.precision = precision
            self.ranks = ranks
            self.gigabits = gigabits
            self.microseconds = microseconds
        }
    }

    /// What was measured beside what the fit says of it.
    private struct Checked {
        let cell: ScalingModel.Cell
        let foretold: ScalingModel.Times
    }

    private struct Answer {
        let shape: Shape
        let ranks: Int
        let gigabits: Double?
        let foretold: ScalingModel.Foretold
        /// Seconds of the same cell on one host.
        let alone: Double

        var seconds: Double { shape.seconds(foretold.times) }
        var communication: Double { shape.seconds(foretold.communication) }
        /// Over one host.
        var speedUp: Double { alone / seconds }
    }

    private let subject: ScalingModel.Subject
    private let checked: [Checked]
    private let answers: [Answer]
    private let microseconds: Double

    /// The names of its tables.
    package static let tables = ["foretold", "check"]

    /// - Throws: ``UsageError`` for a report that nothing can be foretold from, and a model or precision
    ///   that there is not; `QwenError` for ranks that cannot share the model.
    package init(_ report: Report, path: String, _ question: Question) throws {
        let measured = try Self.subject(of: report, path: path)
        let cells = try report.rows.compactMap { try Self.cell($0, path: path) }
        let scaling = try ScalingModel(cells, of: measured)
        let parts = try Self.parts(of: measured, ranks: cells.map(\.ranks))
        checked = cells.compactMap { cell in
            parts[cell.ranks].flatMap { scaling.foretell(cell.shape, of: $0) }.map {
                Checked(cell: cell, foretold: $0.times)
            }
        }
        subject = ScalingModel.Subject(
            try question.model.map(ModelConfiguration.preset(named:)) ?? measured.model,
            question.precision ?? measured.precision,
            cache: question.precision == nil ? measured.cache : nil)
        microseconds = question.microseconds
        answers = try Self.answers(
            to: question, of: subject, shapes: cells.filter { $0.ranks == 1 }.map(\.shape),
            by: scaling)
    }

    /// By the number of ranks.
    private static func parts(
        of subject: ScalingModel.Subject, ranks: [Int]
    ) throws(QwenError) -> [Int: ScalingModel.Parts] {
        var parts: [Int: ScalingModel.Parts] = [:]
        for count in ranks where parts[count] == nil {
            parts[count] = try ScalingModel.Parts(subject, ranks: count)
        }
        return parts
    }

    private static func answers(
        to question: Question, of subject: ScalingModel.Subject, shapes: [Shape],
        by scaling: ScalingModel
    ) throws(QwenError) -> [Answer] {
        let ranks = question.ranks.filter { $0 > 1 }
        let parts = try parts(of: subject, ranks: [1] + ranks)
        var answers: [Answer] = []
        for shape in shapes {
            guard let one = parts[1].flatMap({ scaling.foretell(shape, of: $0) }) else { continue }
            func add(_ foretold: ScalingModel.Foretold, ranks: Int, gigabits: Double?) {
                answers.append(
                    Answer(
                        shape: shape, ranks: ranks, gigabits: gigabits, foretold: foretold,
                        alone: shape.seconds(one.times)))
            }
            add(one, ranks: 1, gigabits: nil)
            for count in ranks {
                for gigabits in question.gigabits {
                    let link = Link(gigabits: gigabits, microseconds: question.microseconds)
                    let foretold = parts[count].flatMap {
                        scaling.foretell(shape, of: $0, over: link)
                    }
                    if let foretold { add(foretold, ranks: count, gigabits: gigabits) }
                }
            }
        }
        return answers
    }

    /// The model of a report; its KV cache is as the manifest says.
    private static func subject(
        of report: Report, path: String
    ) throws -> ScalingModel.Subject {
        let engine = report.manifest.engine
        var cache: String?
        if case .object(let execution)? = report.manifest.sections["execution"] {
            cache = execution["kv_cache_precision"]?.text
        }
        guard engine.engine == "tokenmark" else {
            throw UsageError("\(path) is of \(engine.engine), whose costs are not known")
        }
        guard ModelConfiguration.presets.contains(where: { $0.name == engine.model }) else {
            throw UsageError(
                "\(path) is of \(engine.model), whose shape a report does not say; measure a preset: "
                    + "sweep --model NAME --ranks 1,2")
        }
        guard let precision = Precision(rawValue: engine.precision) else {
            throw UsageError(
                "\(path) has weights in \(engine.precision), whose costs are not known")
        }
        return ScalingModel.Subject(
            try ModelConfiguration.preset(named: engine.model), precision,
            cache: cache.flatMap(CachePrecision.init(rawValue:)))
    }

    /// The medians of a row; nil for one without numbers.
    private static func cell(_ row: Row, path: String) throws -> ScalingModel.Cell? {
        let others = Parameter.settings
            .filter { $0 != .ranks && row.point.setting[$0] != nil }
            .map(\.name)
        guard others.isEmpty else {
            throw UsageError(
                "\(path) varies \(others.joined(separator: ", ")), and which of its cells belong "
                    + "together is not known; give one that varies ranks alone")
        }
        guard row.status == .ok, !row.point.isMixed,
            let first = row.summary?.statistics(of: \.ttft)?.median,
            let next = row.summary?.statistics(of: \.tpot)?.median
        else { return nil }
        let ranks = row.point.setting[.ranks]?.count ?? 1
        let steps = Double(row.point.outputLength - 1)
        let processes = row.processes
        func least(_ wait: (ProcessRow) -> Double?) -> Double {
            processes.compactMap(wait).min().map { $0 / 1e9 } ?? 0
        }
        return ScalingModel.Cell(
            row.point.shape, ranks: ranks,
            ScalingModel.Times(prefill: first / 1e3, step: next / 1e3),
            communication: ScalingModel.Times(
                prefill: least(\.prefillWait), step: least(\.decodeWait) / steps))
    }
}

extension Shape {
    /// From the prompt to the last token.
    fileprivate func seconds(_ times: ScalingModel.Times) -> Double {
        times.prefill + times.step * Double(outputLength - 1)
    }
}

extension ScalingReport {
    /// As a document with both tables.
    package func document(in language: Language) -> ReportDocument {
        let subject = "\(subject.model.name) · \(subject.precision.rawValue)"
        return ReportDocument(
            title: language(
                en: "\(subject) on several hosts, foretold", zh: "\(subject) 在多台主机上的预测"),
            notes: notes(in: language),
            tables: [
                ReportTable("foretold", Self.answerColumns, answers),
                ReportTable("check", Self.checkColumns, checked),
            ])
    }

    private func notes(in language: Language) -> [String] {
        let misses = checked.flatMap { line in
            [
                abs(line.foretold.prefill / line.cell.times.prefill - 1),
                abs(line.foretold.step / line.cell.times.step - 1),
            ]
        }
        let miss = fixed((Statistics(misses)?.median ?? 0) * 100, decimals: 1)
        let latency = fourDigits(microseconds)
        return [
            language(
                en:
                    "Each host is as the one that was measured, with one rank, and between two of them "
                    + "a message takes \(latency) us and its bytes over the link.",
                zh: "每台主机和测量的那台一样，各有一个 rank；两台之间一条消息需要 \(latency) us，"
                    + "再加上它的字节经过链路的时间。"),
            language(
                en:
                    "check puts the fit beside what it was made from: half of the times are missed by "
                    + "less than \(miss) %. docs/scaling.md has the formula.",
                zh: "check 把拟合和它所依据的测量放在一起：一半的时间误差小于 \(miss) %。公式见 docs/scaling.md。"),
        ]
    }

    private static let answerColumns: [Column<Answer>] = shapeColumns(\.shape) + foretoldColumns

    private static let foretoldColumns: [Column<Answer>] = [
        Column("ranks") { Value($0.ranks) },
        Column("link", unit: "gbit_per_s") { Value($0.gigabits) },
        Column("ttft", unit: "ms") { rounded($0.foretold.times.prefill * 1e3) },
        Column("tpot", unit: "ms") { rounded($0.foretold.times.step * 1e3) },
        Column("communication_share") { rounded($0.communication / $0.seconds) },
        Column("speed_up") { rounded($0.speedUp) },
        Column("efficiency") { rounded($0.speedUp / Double($0.ranks)) },
    ]

    private static let checkColumns: [Column<Checked>] = shapeColumns(\.cell.shape) + fitColumns

    private static let fitColumns: [Column<Checked>] = [
        Column("ranks") { Value($0.cell.ranks) },
        Column("ttft_measured", unit: "ms") { rounded($0.cell.times.prefill * 1e3) },
        Column("ttft_fit", unit: "ms") { rounded($0.foretold.prefill * 1e3) },
        Column("tpot_measured", unit: "ms") { rounded($0.cell.times.step * 1e3) },
        Column("tpot_fit", unit: "ms") { rounded($0.foretold.step * 1e3) },
    ]

    /// As precise as it is worth.
    private static func rounded(_ number: Double) -> Value { Value(Double(fourDigits(number))) }

    private static func shapeColumns<Line>(
        _ shape: @escaping @Sendable (Line) -> Shape
    ) -> [Column<Line>] {
        [
            Column("batch") { Value(shape($0).batch) },
            Column("input_tokens") { Value(shape($0).inputLength) },
            Column("output_tokens") { Value(shape($0).outputLength) },
        ]
    }
}
