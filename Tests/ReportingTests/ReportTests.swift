import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct ReportTests {
    private let directory = TemporaryDirectory()

    /// Writes a report and returns it.
    @discardableResult
    private func write(_ sweep: ScriptedSweep = ScriptedSweep()) throws -> ReportDirectory {
        let report = try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest)
        try sweep.run(into: report)
        return report
    }

    private func edit(_ name: String, _ change: (String) -> String) throws {
        directory.write(change(try #require(directory.read("r/\(name)"))), to: "r/\(name)")
    }

    @Test(arguments: TimingMethod.allCases, [true, false])
    func whatIsReadIsWhatWasWritten(method: TimingMethod, stampsSteps: Bool) throws {
        var sweep = ScriptedSweep()
        sweep.grid.method = method
        sweep.grid.stampsSteps = stampsSteps
        sweep.grid.repetitions = 2
        sweep.faults = [.init("b1-i8-o1", .run(call: 1), .fail("half way"))]
        let written = try write(sweep)
        let read = try Report(path: written.path)
        #expect(read.rows == written.rows)
        #expect(read.manifest == written.manifest)
        #expect(read.warnings == [])
        #expect(read.summaryCSV == directory.read("r/summary.csv"))
        #expect(read.documentsCSV == directory.read("r/performance_test_cpu_tiny_f32.csv"))
        #expect(read.tablesText == directory.read("r/tables.md"))
    }

    @Test func costsAndRoofsComeBackWithTheirRepetitions() throws {
        var sweep = ScriptedSweep()
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 1e6, operations: 2e6), decode: Cost(bytes: 3e6, operations: 4e6))
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 7e9), count: 4)
        let written = try write(sweep)
        let read = try Report(path: written.path)
        #expect(read.rows == written.rows)
        #expect(read.rows[0].roof?.operationsPerSecond == 7e9)
    }

    @Test func aRoofOfNothingGivesNoShareAndNoCrash() throws {
        var sweep = ScriptedSweep()
        sweep.costs = PhaseCosts(prefill: Cost(bytes: 1e6, operations: 2e6), decode: nil)
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 0, operationsPerSecond: -0.0), count: 2)
        let read = try Report(path: try write(sweep).path)
        #expect(read.rows[0].prefillUtilization == nil)
    }

    @Test func jsonHasTheColumnsOfTheSummary() throws {
        let json = try Report(path: try write().path).json()
        #expect(json.contains("\"forward_next_ms\" : 15.65,"))
        #expect(json.contains("\"forward_next_ms\" : null,"))
        #expect(json.contains("\"tool_version\" : \"0.1.0\""))
    }

    /// A seed has 64 bits, more than a number of floating point keeps.
    @Test func jsonHasTheWholeSeed() throws {
        var sweep = ScriptedSweep()
        sweep.grid.seed = .max
        let json = try Report(path: try write(sweep).path).json()
        #expect(json.contains("\"seed\" : 18446744073709551615,"))
    }

    @Test func lastLineCutOffIsLeftOutWithAWarning() throws {
        let written = try write()
        try edit("samples.jsonl") { String($0.dropLast(25)) }
        let read = try Report(path: written.path)
        // The cut line was the failure of the last point.
        #expect(read.rows.map(\.status) == [.ok, .ok, .ok, .notRun])
        #expect(read.warnings.count == 1)
        #expect(read.warnings[0].contains("line 4: cut off"))
    }

    @Test(arguments: [
        ("not json", "not a line of samples"),
        ("{}", "\"schema\" is missing"),
        (
            #"{"schema":3,"kind":"outcome","point":"b1-i1-o1","batch":1,"input_tokens":1,"output_tokens":1}"#,
            "schema version 3"
        ),
        (
            #"{"schema":1,"kind":"outcome","point":"b1-i1-o1","batch":1,"input_tokens":1,"output_tokens":1}"#,
            "an outcome without a status"
        ),
        (
            #"{"schema":1,"kind":"outcome","point":"b1-i1-o2","batch":1,"input_tokens":1,"output_tokens":1}"#,
            "has the sizes of b1-i1-o1"
        ),
        (
            #"{"schema":1,"kind":"outcome","point":"b0-i1-o1","batch":0,"input_tokens":1,"output_tokens":1}"#,
            "0 is not a size"
        ),
        (
            #"{"schema":1,"kind":"outcome","point":"x","batch":99999999999999999999,"input_tokens":1,"output_tokens":1}"#,
            "not a line of samples"
        ),
        (
            #"{"schema":1,"kind":"repetition","point":"b1-i1-o1","batch":1,"input_tokens":1,"output_tokens":1}"#,
            "a repetition without"
        ),
        (repetition(steps: "[[1,2,3]]"), "four stamps"),
        (repetition(steps: "[[1,2,3,4],[5,6,7,8]]"), "stamped 2 of 1 steps"),
        (repetition(steps: "[[1,2,3,-4]]"), "not a line of samples"),
        (repetition(method: "normal", steps: "[[1,2,3,4]]"), "1 calls of the method normal"),
    ])
    func badLineIsRefusedWithItsNumber(line: String, what: String) throws {
        let written = try write()
        try edit("samples.jsonl") { "\(line)\n" + $0 }
        let error = #expect(throws: ReportingError.self) { try Report(path: written.path) }
        #expect(error?.description.contains("samples.jsonl, line 1: ") == true)
        #expect(error?.description.contains(what) == true, "\(error?.description ?? "no error")")
    }

    private static func repetition(method: String = "detail", steps: String) -> String {
        """
        {"schema":1,"kind":"repetition","point":"b1-i1-o1","batch":1,"input_tokens":1,\
        "output_tokens":1,"repetition":0,"seed":"0","method":"\(method)","output_hash":"0",\
        "calls":[{"entry_ns":0,"end_ns":9,"steps_ns":\(steps)}]}
        """
    }

    @Test func stampsInAnyOrderAreReadWithoutACrash() throws {
        let written = try write()
        try edit("samples.jsonl") {
            Self.repetition(steps: "[[18446744073709551615,3,2,1]]") + "\n" + $0
        }
        let report = try Report(path: written.path)
        #expect(report.rows.first?.point.id == "b1-i1-o1")
        #expect(!report.documentsCSV.isEmpty && !report.summaryCSV.isEmpty)
    }

    @Test func lineThatIsRepeatedIsReadOnce() throws {
        let written = try write()
        let once = try Report(path: written.path)
        try edit("samples.jsonl") { $0 + $0 }
        #expect(try Report(path: written.path) == once)
    }

    @Test func repetitionASecondTimeWithOtherValuesIsRefused() throws {
        let written = try write()
        try edit("samples.jsonl") {
            $0 + $0.replacing("\"entry_ns\":1000000", with: "\"entry_ns\":999999")
        }
        let error = #expect(throws: ReportingError.self) { try Report(path: written.path) }
        #expect(error?.description.contains("a second time, and with other values") == true)
    }

    @Test func newerReportIsRefused() throws {
        let written = try write()
        try edit("manifest.json") { _ in #"{"schema_version": 9}"# }
        #expect(
            throws: ReportingError.newerSchema(
                path: directory.path("r/manifest.json"), found: 9, known: 2)
        ) { try Report(path: written.path) }
    }

    @Test func directoryWithoutManifestIsNotAReport() {
        #expect(throws: ReportingError.notAReport(path: directory.path)) {
            try Report(path: directory.path)
        }
    }

    @Test func brokenManifestNamesTheFile() throws {
        let written = try write()
        try edit("manifest.json") { String($0.prefix(40)) }
        let error = #expect(throws: ReportingError.self) { try Report(path: written.path) }
        #expect(error?.description.contains("manifest.json, line 1: ") == true)
    }

    /// The largest batch there may be, in every line of a small file: nothing is held for each sequence.
    @Test func aBatchOfMillionsIsOneLine() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        let written = try write(sweep)
        try edit("samples.jsonl") {
            $0.replacing("b1-i4-o3", with: "b\(Grid.largestValue)-i4-o3").replacing(
                "\"batch\":1,", with: "\"batch\":\(Grid.largestValue),"
            ).replacing(
                "\"sequences\":1,", with: "\"sequences\":\(Grid.largestValue),"
            ).split(separator: "\n").filter { $0.contains("b\(Grid.largestValue)-i4") }.map {
                $0 + "\n"
            }.joined()
        }
        let row = try #require(try Report(path: written.path).rows.first)
        #expect(row.point.batch == Grid.largestValue && row.status == .ok)
    }

    /// A few words can plan more cells than there is room for.
    @Test func notAllOfAHugePlanIsShown() throws {
        let directory = TemporaryDirectory()
        var manifest = ScriptedSweep().manifest
        manifest.grid = Grid(
            batches: Array(1...300), pairs: (1...300).map { LengthPair($0, 1) }, warmup: 0)
        directory.write(try manifest.json(), to: "manifest.json")
        let report = try Report(path: directory.path)
        #expect(report.rows.count == 1000)
        #expect(
            report.warnings.last == "89000 of 90000 points that were not measured are not shown")
    }

    @Test func blankLinesOfSamplesAreSkipped() throws {
        let written = try write()
        try edit("samples.jsonl") { "\n" + $0.replacing("\n", with: "\n \r\n") }
        let read = try Report(path: written.path)
        #expect(read.rows == written.rows && read.warnings == [])
    }
}
