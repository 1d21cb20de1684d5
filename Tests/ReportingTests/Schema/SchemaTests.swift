import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

/// What is written against the schemas that are published for it.
struct SchemaTests {
    private let directory = TemporaryDirectory()

    private static func schema(_ name: String) throws -> JSONSchema {
        try JSONSchema(
            try #require(Repository.text("docs/schemas/\(name).schema.json")))
    }

    /// Everything that a sweep can say of a point, in a report.
    private static let full = {
        var sweep = ScriptedSweep()
        sweep.grid.repetitions = 2
        sweep.grid.controlRuns = 1
        sweep.grid.convergence = Convergence(relativeHalfWidth: 0.02)
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 1e6, operations: 2e6), decode: Cost(bytes: 3e6, operations: 4e6))
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 7e9), count: 9000)
        return sweep
    }()

    private func write(_ sweep: ScriptedSweep, stopAfter rows: Int = .max) throws -> Report {
        let report = try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest)
        try sweep.run(into: report) { report.rows.count >= rows }
        return try Report(path: report.path)
    }

    @Test func reportsAreAsTheSchemaSays() throws {
        let schema = try Self.schema("report")
        let plain = try write(ScriptedSweep())
        #expect(try schema.problems(of: plain.json()) == [])
        let theirs = try PublishedTable(
            path: Repository.path("reports/reference/qwen-7b-910b3.csv"))
        let beside = Beside(PublishedTable(plain, path: "r"), theirs)
        #expect(try schema.problems(of: plain.json(beside: [beside, beside])) == [])
    }

    @Test func unfinishedReportsAreAsTheSchemaSays() throws {
        let report = try write(ScriptedSweep(), stopAfter: 1)
        #expect(report.rows.last?.status == .notRun)
        #expect(try Self.schema("report").problems(of: report.json()) == [])
    }

    @Test func fullReportsAndTheirLinesAreAsTheSchemasSay() throws {
        var sweep = Self.full
        sweep.grid.convergence?.maxSeconds = 0.01
        let report = try write(sweep)
        #expect(try Self.schema("report").problems(of: report.json()) == [])
        let lines = try #require(directory.read("r/samples.jsonl")).split(separator: "\n")
        for kind in ["repetition", "control", "outcome"] {
            #expect(lines.contains { $0.contains("\"kind\":\"\(kind)\"") })
        }
        let schema = try Self.schema("sample")
        for line in lines { #expect(try schema.problems(of: String(line)) == []) }
    }

    /// What engines that can tell say of memory and of what happened meanwhile.
    @Test func linesWithEverythingAreAsTheSchemaSays() throws {
        var conditions = RunConditions(
            elapsedNanoseconds: 5, involuntarySwitches: 1, minorFaults: 2, majorFaults: 3,
            threads: 2)
        conditions.migrations = 4
        conditions.runDelayNanoseconds = 5
        conditions.stealNanoseconds = 6
        conditions.hertzBefore = 3.5e9
        conditions.hertzAfter = 3.4e9
        conditions.problems = ["a pin"]
        conditions.process = "rank 0"
        conditions.share = ProcessShare(
            prefillNanoseconds: 5, decodeNanoseconds: 6, prefillWaitNanoseconds: 1,
            decodeWaitNanoseconds: 2, exchangedBytes: 7, peakResidentBytes: 8, cpus: [0, 1])
        conditions.share?.roof = Roof(readBytesPerSecond: 1e9, operationsPerSecond: 7e9)
        var use = MemoryUse(peakResidentBytes: 9)
        use.weightsHugePageBytes = 4
        use.nodeBytes = ["weights": ["0": 7]]
        let point = Point(
            batch: 1, inputLength: 1, outputLength: 1,
            setting: [.threads: 2, .cpus: "0-1", .numa: "local", .isa: "avx2"])
        var repetition = try Repetition(
            point: point, index: 0, seed: .max,
            calls: .detail(
                Observation(
                    lockStep: Trace(
                        callEntry: 0, callEnd: 9,
                        steps: [
                            StepStamps(
                                loopTop: 1, inputsPrepared: 2, forwardDone: 3, tokenBooked: 4)
                        ]),
                    sequences: 1, inputTokens: 1, outputTokens: 1, outputHash: 0xAB)))
        repetition.conditions = [conditions]
        repetition.memoryUse = use
        repetition.memoryEstimate = MemoryEstimate(
            weightsBytes: 1, kvCacheBytes: 2, scratchBytes: 3)
        repetition.costs = PhaseCosts(prefill: Cost(bytes: 1, operations: 1.5), decode: nil)
        let report = try ReportDirectory(
            path: directory.path("r"), manifest: ScriptedSweep().manifest)
        try report.begin(try ScriptedSweep().grid.expand())
        try report.record(repetition)
        try report.record(ControlRun(group: 1, repetition: repetition))
        let lines = try #require(directory.read("r/samples.jsonl")).split(separator: "\n")
        #expect(lines.count == 2)
        let schema = try Self.schema("sample")
        for line in lines { #expect(try schema.problems(of: String(line)) == []) }
    }

    @Test func rowsHaveTheColumnsOfTheSummary() throws {
        let row = try #require(try Self.schema("report").definition("row"))
        let properties = try #require(row["properties"]?.properties)
        #expect(Set(properties.keys) == Set(Column.summary.map(\.header)))
        #expect(Set(row["required"]?.items?.compactMap(\.text) ?? []) == Set(properties.keys))
    }

    @Test func statusesAreAllThereAre() throws {
        let schema = try Self.schema("report")
        let status = try #require(schema.definition("status")?["enum"]?.items)
        #expect(Set(status.compactMap(\.text)) == Set(Status.allCases.map(\.rawValue)))
    }

    /// The check can fail: each change breaks one rule.
    @Test(arguments: [
        ("\"rows\" :", "\"lines\" :"), ("\"schema_version\" : 1", "\"schema_version\" : 2"),
        ("\"status\" : \"failed\"", "\"status\" : \"broken\""),
        ("\"batch\" : 2", "\"batch\" : 0"), ("\"batch\" : 2", "\"batch\" : 1.5"),
        ("\"batch\" : 2", "\"batch\" : \"2\""), ("\"ttft_n\" : 0", "\"ttft_n\" : null"),
        ("\"ttft_n\" : 0", "\"surprise\" : 0"), ("\"verdict\" : null", "\"verdict\" : \"good\""),
        ("\"interleaved\" : false", "\"interleaved\" : 0"),
        ("\"beside\" : [", "\"beside\" : [1"),
    ])
    func whatIsWrongIsFound(right: String, wrong: String) throws {
        let json = try write(ScriptedSweep()).json()
        let schema = try Self.schema("report")
        let broken = json.replacing(right, with: wrong)
        #expect(broken != json, "the report has no \(right)")
        #expect(try !schema.problems(of: broken).isEmpty, "\(wrong)")
    }

    @Test func lineOfAnUnknownKindIsFound() throws {
        let schema = try Self.schema("sample")
        #expect(
            try !schema.problems(
                of: #"{"schema":1,"kind":"x","point":"b1-i1-o1","batch":1,"input_tokens":1,"#
                    + #""output_tokens":1,"status":"failed"}"#
            ).isEmpty)
        #expect(
            try schema.problems(
                of: #"{"schema":1,"kind":"outcome","point":"b1-i1-o1","batch":1,"#
                    + #""input_tokens":1,"output_tokens":1,"status":"failed"}"#) == [])
    }

    /// A keyword that this check does not know must not pass for checked.
    @Test func unknownKeywordsOfASchemaAreErrors() throws {
        let schema = try JSONSchema(#"{"type": "object", "propertyNames": {"maxLength": 3}}"#)
        #expect(try schema.problems(of: "{}").count == 1)
    }
}
