import Measurement
import Profiling
import Sweep
import TestSupport
import Testing

@testable import Reporting

@Suite struct ProfileTests {
    /// One prefill of two threads: `multiply`, and thread 0 alone in `select`.
    private func profile(perLayer: Bool = false) -> Profile {
        let engine = EngineIdentity(
            model: "scripted", precision: "f32", vocabularySize: 10, parameterCount: 1)
        func span(
            _ thread: Int, _ work: Int, _ start: UInt64, _ end: UInt64, _ released: UInt64
        ) -> Span {
            Span(
                thread: thread, operatorIndex: work, layer: work == 0 ? 3 : nil, step: 0,
                start: start, end: end, released: released)
        }
        let roof = Roof(readBytesPerSecond: 1e9, operationsPerSecond: 4e9)
        return Profile(
            manifest: Manifest(
                toolVersion: "1", commandLine: [], buildConfiguration: "release", engine: engine,
                grid: Grid(batches: [1], pairs: [LengthPair(4, 1)])),
            recording: Recording(
                shape: Shape(batch: 1, inputLength: 4, outputLength: 1),
                threadCount: 2,
                operators: [
                    Operator(
                        name: "multiply",
                        costs: PhaseCosts(
                            prefill: Cost(bytes: 400_000, operations: 1_600_000), decode: nil)),
                    Operator(name: "select", workforce: .host),
                ],
                steps: [
                    StepStamps(
                        loopTop: 0, inputsPrepared: 0, forwardDone: 900_000,
                        tokenBooked: 1_000_000)
                ],
                passes: [Pass(step: 0, start: 0, end: 900_000)],
                spans: [
                    span(0, 0, 0, 700_000, 900_000), span(0, 1, 900_000, 1_000_000, 1_000_000),
                    span(1, 0, 0, 800_000, 900_000),
                ],
                roofBefore: roof, roofAfter: roof),
            pairs: [Profile.Pair(plain: 2e6, recorded: 2.02e6)],
            spanNanoseconds: 60,
            isPerLayer: perLayer)
    }

    private let header =
        "phase,operator,layer,workforce,calls,total_ms,share,barrier_wait_ms,elapsed_ms,"
        + "elapsed_median_us,bytes,operations,rate_gb_per_s,rate_gflop_per_s,"
        + "intensity_flop_per_byte,mbu,mfu,roof_share,imbalance,busiest_thread\n"

    @Test func theTableListsOperatorsThenWhatIsOutsideOfThem() {
        #expect(
            profile().operatorsCSV == header + """
                prefill,multiply,,threads,1,0.75,0.75,0.15,0.8,800.0,400000.0,1600000.0,0.5,2.0,4.0,0.5,0.5,0.5,\
                1.0666666666666667,1
                prefill,select,,host,1,0.1,0.1,0.0,0.1,100.0,,,,,,,,,,
                prefill,barriers,,,,0.15,0.15,,,,,,,,,,,,,
                prefill,dispatch,,,,0.0,0.0,,,,,,,,,,,,,
                prefill,host,,,,0.0,0.0,,,,,,,,,,,,,
                prefill,remainder,,,,0.0,0.0,,,,,,,,,,,,,
                prefill,all,,,,1.0,1.0,,,,,,,,,,,,,

                """)
    }

    @Test func layersAreRowsOnRequest() {
        #expect(profile(perLayer: true).operatorsCSV.contains("\nprefill,multiply,3,threads,1,"))
        #expect(profile(perLayer: true).text().contains("| operator  | layer |"))
    }

    @Test func theTextSaysWhatItMeans() {
        let text = profile().text()
        #expect(
            text.hasPrefix("# scripted · f32 · batch 1 · 4x1\n\n## prefill: 1.000 ms, 1 step\n"))
        #expect(
            text.contains(
                "| multiply  | 1     | 0.750      | 75.00     | 800.0       | 0.40 | 0.002 | 0.50 | 2.0     "
                    + "| 50.0        | 4.00   | 1.07      | 0.150            |"))
        #expect(text.contains("Roof of 2 threads: 1.0 GB/s and 4 GFLOP/s right before"))
        #expect(
            text.contains(
                "Recording: 3 spans of 60 ns, 0.009 % of the call; measured +1.00 %, the median of "
                    + "1 pairs"))
        #expect(text.contains("- prefill spends 10 % in select, which thread 0 does alone\n"))
    }

    @Test func everyFormatHasIt() throws {
        let profile = profile()
        let document = ReportDocument(profile) { ProfilePage(profile, kernels: [:]).page }
        #expect(document.tables.map(\.name) == ReportDocument.profileTables)
        #expect(try ReportFormat.csv.render(document) == profile.operatorsCSV)
        #expect(try ReportFormat.csv.render(document, table: "roofline") == profile.rooflineCSV)
        #expect(try ReportFormat.text.render(document) == profile.text())
        #expect(try ReportFormat.html.render(document).contains("<h2>Roofline</h2>"))
        let json = try ReportFormat.json.render(document)
        let schema = try JSONSchema(
            try #require(Repository.text("docs/schemas/profile.schema.json")))
        #expect(try schema.problems(of: json) == [])
        let broken = json.replacing("\"prefill\"", with: "\"start\"")
        #expect(try !schema.problems(of: broken).isEmpty)
        let lines = try ReportFormat.jsonl.render(document).split(separator: "\n")
        #expect(lines.count == 7 && lines[0].hasPrefix("{\"barrier_wait_ms\":0.15,"))
    }

    @Test func theDirectoryHoldsEveryForm() throws {
        let directory = TemporaryDirectory()
        let path = directory.path("profile")
        try ProfileDirectory(path: path).write(profile())
        #expect(directory.read("profile/operators.csv") == profile().operatorsCSV)
        #expect(directory.read("profile/profile.md") == profile().text())
        let json = try #require(directory.read("profile/profile.json"))
        #expect(json.contains("\"measured_cost\" : 0.01"))
        #expect(json.contains("\"kind\" : \"serial\""))
        #expect(json.contains("\"barrier_wait_ms\" : 0.2"))
        #expect(throws: ReportingError.occupied(path: path)) { try ProfileDirectory(path: path) }
    }
}
