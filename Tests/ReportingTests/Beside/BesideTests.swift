import Basics
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

/// Two tables of a few cells each.
///
/// Ours is that of `ScriptedSweep`, whose last cell failed. Theirs has half our first-token times and
/// twice our next-token times.
struct BesideTests {
    private let directory = TemporaryDirectory()

    private static let rows = """
        1,4,3,17.8194815,31.3,79.53449731274807
        2,8,1,5.0,,9.0
        16,4,3,100.0,10.0,50.0

        """

    private func ours(_ sweep: ScriptedSweep = ScriptedSweep()) throws -> PublishedTable {
        let report = try ReportDirectory(path: directory.path("ours"), manifest: sweep.manifest)
        try sweep.run(into: report)
        return try PublishedTable(path: report.path)
    }

    private func theirs(_ rows: String = rows, json: String? = nil) throws -> PublishedTable {
        if let json { directory.write(json, to: "theirs.json") }
        return try PublishedTable(
            path: directory.write("\(PublishedTableTests.header)\n\(rows)", to: "theirs.csv"))
    }

    private static let provenance = """
        {"schema_version": 1, "title": "Tiny on a | b", "model": "Tiny", "precision": "fp16",
         "hardware": "910B3", "method": "perf_mode=detail", "notes": ["one run"]}
        """

    @Test func everyCellOfBothSidesIsThere() throws {
        let beside = Beside(try ours(), try theirs())
        #expect(
            beside.pairs.map { pair in
                let shape = pair.shape
                return "b\(shape.batch)-i\(shape.inputLength)-o\(shape.outputLength)"
                    + (pair.ours == nil ? " -" : " ours") + (pair.theirs == nil ? " -" : " theirs")
            } == [
                "b1-i4-o3 ours theirs", "b1-i8-o1 ours -", "b2-i4-o3 ours -",
                "b2-i8-o1 ours theirs", "b16-i4-o3 - theirs",
            ])
        #expect(beside.hasCommonCells)
    }

    @Test func aRatioIsOurSpeedOverTheirs() throws {
        let pairs = Beside(try ours(), try theirs()).pairs
        let first = try #require(pairs.first)
        // 35.638963 ms against 17.8194815 ms, 15.65 against 31.3, half as many tokens a second.
        #expect(abs((first.speed(.firstToken) ?? 0) - 0.5) < 1e-12)
        #expect(abs((first.speed(.nextToken) ?? 0) - 2) < 1e-12)
        #expect(abs((first.speed(.throughput) ?? 0) - 0.5) < 1e-12)
        // Ours failed, or a side is missing: no ratio, and no 0.
        for pair in pairs.dropFirst() {
            #expect(PublishedMetric.allCases.allSatisfy { pair.speed($0) == nil })
        }
    }

    @Test func whatDiffersIsSaidAndCaseIsNoDifference() throws {
        let differences = Beside(try ours(), try theirs(json: Self.provenance)).differences
        #expect(differences.map(\.circumstance) == [.precision, .hardware, .software])
        #expect(differences.map(\.isKnown) == [true, true, false])
        #expect(differences[0].ours == "f32" && differences[0].theirs == "fp16")
    }

    /// What neither states is no agreement.
    @Test func silenceOnBothSidesIsADifference() throws {
        let table = try theirs()
        #expect(Beside(table, table).differences.map(\.circumstance) == Circumstance.allCases)
        #expect(Beside(table, table).differences.allSatisfy { !$0.isKnown })
    }

    @Test func markdownHasTheDocumentsColumnsAndSaysWhatDiffers() throws {
        let beside = Beside(try ours(), try theirs(json: Self.provenance))
        #expect(
            BesideText(beside).markdown == """
                ## 竞品对比：Tiny on a \\| b

                **不同：权重精度、硬件；未说明：软件。**

                |          | 本次                        | 对方             |        |
                |----------|-----------------------------|------------------|--------|
                | 模型     | tiny                        | Tiny             |        |
                | 权重精度 | f32                         | fp16             | 不同   |
                | 硬件     | cpu                         | 910B3            | 不同   |
                | 软件     | scripted 0.1.0, debug build | 未说明           | 未说明 |
                | 测试方法 | perf_mode=detail            | perf_mode=detail |        |

                | batch_size | input length | output length | 首token耗时（ms）本次 | 对方  | 对比    | 非首token平均耗时（ms）本次 | 对方  | 对比   | E2E吞吐（token/s）本次 | 对方  | 对比    | 备注                                              |
                |------------|--------------|---------------|-----------------------|-------|---------|-----------------------------|-------|--------|------------------------|-------|---------|---------------------------------------------------|
                | 1          | 4            | 3             | 35.64                 | 17.82 | 0.5000× | 15.65                       | 31.30 | 2.000× | 39.77                  | 79.53 | 0.5000× |                                                   |
                | 1          | 8            | 1             | 35.64                 |       |         |                             |       |        | 23.45                  |       |         | 仅本次有；只输出一个 token：没有后续 token 的时间 |
                | 2          | 4            | 3             | 71.28                 |       |         | 15.65                       |       |        | 54.02                  |       |         | 仅本次有                                          |
                | 2          | 8            | 1             |                       | 5.000 |         |                             |       |        |                        | 9.000 |         | 失败：out of pages, "all" of them                 |
                | 16         | 4            | 3             |                       | 100.0 |         |                             | 10.00 |        |                        | 50.00 |         | 仅对方有                                          |

                - 对比：本次速度是对方的几倍（耗时为 对方/本次，吞吐为 本次/对方）。表中为四位有效数字，全部数字见 CSV 与 JSON。
                - 对方：one run

                """)
    }

    @Test func englishHasEnglishTitles() throws {
        let text = BesideText(Beside(try ours(), try theirs()), in: .en).markdown
        #expect(text.hasPrefix("## Beside: theirs.csv\n\n**Not stated: model, precision, "))
        #expect(text.contains("| first token (ms), ours | theirs | ratio   |"))
        #expect(text.contains("| only theirs "))
        #expect(text.unicodeScalars.allSatisfy { $0.value < 0x2E80 })
    }

    @Test func nothingInCommonIsSaidAndStillShown() throws {
        let beside = Beside(try ours(), try theirs("64,4,3,1,1,1\n"))
        #expect(!beside.hasCommonCells)
        #expect(beside.pairs.count == 5)
        #expect(BesideText(beside).markdown.contains("两边没有相同的单元。**"))
    }

    @Test func csvHasALineForEachCellOfEachTable() throws {
        let beside = Beside(try ours(), try theirs(json: Self.provenance))
        let text = CSV.text(Beside.table("summary", [beside, beside]))
        let path = directory.write(text, to: "beside.csv")
        let file = try CSVFile(path: path)
        #expect(
            file.header == [
                "beside", "differs", "setting", "batch", "input_tokens", "output_tokens",
                "status_ours", "status_theirs", "first_token_ours_ms", "first_token_theirs_ms",
                "first_token_speed", "next_token_ours_ms", "next_token_theirs_ms",
                "next_token_speed", "e2e_ours_tokens_per_s", "e2e_theirs_tokens_per_s",
                "e2e_speed", "reason_ours", "reason_theirs",
            ])
        #expect(file.lines.count == 10)
        let last = try #require(file.lines.last?.fields)
        #expect(
            last[1] == "precision: f32, theirs fp16; hardware: cpu, theirs 910B3; "
                + "software: scripted 0.1.0, debug build, theirs not stated")
        #expect(Array(last[3...9]) == ["16", "4", "3", "", "ok", "", "100.0"])
        #expect(last[10] == "")
    }

    @Test func aReportBesideItselfIsOneEverywhere() throws {
        let table = try ours()
        let beside = Beside(table, table)
        #expect(beside.differences == [])
        #expect(beside.pairs.count == 4)
        #expect(beside.pairs[0].speed(.throughput) == 1)
        #expect(!BesideText(beside).markdown.contains("**"))
    }

    /// Two settings of ours against a table that knows none, and against one that has the same.
    @Test func settingsOfTheMachineMeetTheirLike() throws {
        func cell(_ setting: String?, _ time: Double) -> PublishedCell {
            var cell = PublishedCell(
                shape: Shape(batch: 1, inputLength: 4, outputLength: 3),
                values: [.firstToken: time])
            cell.setting = setting
            return cell
        }
        func table(_ cells: [PublishedCell]) -> PublishedTable {
            PublishedTable(path: "p", title: "t", circumstances: [:], cells: cells)
        }
        let two = table([cell("t1", 8), cell("t2", 4)])
        let plain = Beside(two, table([cell(nil, 2)]))
        #expect(plain.pairs.map { $0.speed(.firstToken) } == [0.25, 0.5])
        let like = Beside(two, table([cell("t2", 2), cell("t3", 1)]))
        #expect(like.pairs.map(\.setting) == ["t1", "t2", "t3"])
        #expect(like.pairs.map { $0.speed(.firstToken) } == [nil, 0.5, nil])
        #expect(BesideText(like).markdown.contains("| 设置 | batch_size |"))
    }

    /// Its reasons stand below the table of its own report; here one word is enough.
    @Test func anUnstableCellIsCalledSoInOneWord() throws {
        let point = Point(batch: 1, inputLength: 1, outputLength: 1)
        var repetition = try Repetition(
            point: point, index: 0, seed: 0,
            calls: .detail(
                Observation(
                    lockStep: Trace(callEntry: 0, callEnd: 9, steps: [], stampsSteps: false),
                    sequences: 1, inputTokens: 1, outputTokens: 1)))
        var conditions = RunConditions(
            elapsedNanoseconds: 1_000_000_000, involuntarySwitches: 0, minorFaults: 0,
            majorFaults: 2, threads: 1)
        conditions.migrations = 1
        repetition.conditions = [conditions]
        let cell = PublishedCell(
            Row(
                PointResult(point: point, status: .ok, reason: nil, repetitions: [repetition]),
                in: ScriptedSweep().grid))
        #expect(cell.reason?.contains("moved to another CPU") == true)
        #expect(cell.remark == Wording(en: "unstable", zh: "不稳定"))
    }

    @Test func aCellWithoutNumbersSaysHowItCameOut() throws {
        #expect(
            try ours().cells.map { $0.remark?.en } == [
                nil, "one output token: no next-token times", nil,
                "failed: out of pages, \"all\" of them",
            ])
    }

    @Test func whatCannotBeRightHasNoRatio() throws {
        var cell = PublishedCell(
            shape: Shape(batch: 1, inputLength: 4, outputLength: 3), values: [.firstToken: 1])
        let right = PublishedTable(path: "p", title: "t", circumstances: [:], cells: [cell])
        cell.isInvalid = true
        let wrong = PublishedTable(path: "p", title: "t", circumstances: [:], cells: [cell])
        #expect(Beside(right, right).pairs[0].speed(.firstToken) == 1)
        #expect(Beside(wrong, right).pairs[0].speed(.firstToken) == nil)
        #expect(Beside(right, wrong).pairs[0].speed(.firstToken) == nil)
    }
}
