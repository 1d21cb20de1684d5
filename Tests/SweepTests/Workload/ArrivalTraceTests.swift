import Sweep
import TestSupport
import Testing

@Suite struct ArrivalTraceTests {
    @Test func secondsAreOneOnEachLine() throws {
        let trace = try ArrivalTrace("0\r\n0.5\n\n 0.5 \n2.000000001\n604800\n", path: "t")
        #expect(
            trace.offsets == [0, 500_000_000, 500_000_000, 2_000_000_001, 604_800_000_000_000])
    }

    /// As Mooncake has them: milliseconds, and more that is not for us.
    @Test func timestampsAreMilliseconds() throws {
        let trace = try ArrivalTrace(
            """

            {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}
            {"timestamp": 30535.5, "input_length": 6472, "output_length": 26, "hash_ids": [[]]}
            """, path: "t")
        #expect(trace.offsets == [27_482_000_000, 30_535_500_000])
    }

    @Test(arguments: [
        ("0\nx\n", 2, "\"x\" is no number of seconds"),
        ("-1", 1, "\"-1\" is no number of seconds"),
        ("nan", 1, "\"nan\" is no number of seconds"),
        ("1e3", 1, "\"1e3\" is no number of seconds"),
        ("0x10", 1, "\"0x10\" is no number of seconds"),
        ("1\n\n0.5\n", 3, "the time goes back"),
        ("1700000000", 1, "1700000000.0 s is not within a week of the start"),
        (String(repeating: "9", count: 400), 1, "inf s is not within a week of the start"),
        ("{\"timestamp\": \"now\"}", 1, "\"{\"timestamp\": \"now\"}\" has no time"),
        ("{\"timestamp\": 1}\n{\"time\": 2}", 2, "\"{\"time\": 2}\" has no time"),
        ("{\"timestamp\": 1}\n2", 2, "\"2\" has no time"),
        ("{\"timestamp\": 1", 1, "\"{\"timestamp\": 1\" has no time"),
        ("{\"timestamp\": -1}", 1, "-0.001 s is not within a week of the start"),
        ("{\"timestamp\": 1e999}", 1, "\"{\"timestamp\": 1e999}\" has no time"),
        ("1\n{\"timestamp\": 1}", 2, "\"{\"timestamp\": 1}\" is no number of seconds"),
    ])
    func badLineIsNamed(text: String, line: Int, problem: String) {
        let error = #expect(throws: WorkloadError.self) { try ArrivalTrace(text, path: "t") }
        #expect(error?.description.hasPrefix("t, line \(line): \(problem); ") == true)
    }

    @Test(arguments: ["", "\n\r\n"])
    func fileWithoutArrivalsIsRefused(text: String) {
        #expect(
            throws: WorkloadError.file(
                path: "t", line: nil, problem: "it has no arrival",
                remedy: "write a number of seconds on each line")
        ) { try ArrivalTrace(text, path: "t") }
    }

    @Test func traceIsAScheduleThatNeitherGrowsNorStretches() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("1\n2\n4\n", to: "trace")
        let arrivals = try Arrivals(parsing: "@\(path)")
        #expect(arrivals.description == "@\(path)")
        #expect(
            try arrivals.offsets(count: 2, seed: 9) == [1_000_000_000, 2_000_000_000])
        #expect(try arrivals.offsets(count: 3, seed: 1)?.last == 4_000_000_000)
        #expect(throws: WorkloadError.tooFewArrivals(path: path, found: 3, wanted: 4)) {
            try arrivals.offsets(count: 4, seed: 1)
        }
    }
}
