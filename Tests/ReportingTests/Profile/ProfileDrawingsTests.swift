import Charts
import Glibc
import Measurement
import Profiling
import TestSupport
import Testing

@testable import Reporting

/// Everything of a profile that is not its tables.
struct ProfileDrawingsTests {
    /// One token, two operators: one is counted, 6000 operations and 3000 bytes in 2 µs, and one is
    /// not.
    private func profile(roof: Roof?) -> Profile {
        let recording = Recording(
            shape: Shape(batch: 1, inputLength: 1, outputLength: 1), threadCount: 1,
            operators: [
                Operator(
                    name: "q<kv",
                    costs: PhaseCosts(
                        prefill: Cost(bytes: 3000, operations: 6000), decode: nil)),
                Operator(name: "embed"),
            ],
            steps: [
                StepStamps(loopTop: 0, inputsPrepared: 0, forwardDone: 5000, tokenBooked: 5000)
            ],
            passes: [Pass(step: 0, start: 0, end: 5000)],
            spans: [span(0, from: 0, to: 2000), span(1, from: 2000, to: 5000)],
            roofBefore: roof, roofAfter: roof)
        return Profile(
            manifest: ScriptedSweep().manifest, recording: recording, pairs: [],
            spanNanoseconds: 80, isPerLayer: false)
    }

    private func span(_ index: Int, from start: UInt64, to end: UInt64) -> Span {
        Span(
            thread: 0, operatorIndex: index, layer: nil, step: 0, start: start, end: end,
            released: end)
    }

    /// 4 · 10⁹ operations a second at 2 a byte.
    private let roof = Roof(readBytesPerSecond: 2e9, operationsPerSecond: 8e9)

    @Test func operatorsWithoutAPlaceUnderTheRoofHaveAReason() {
        let header = """
            phase,operator,elapsed_ms,bytes,operations,intensity_flop_per_byte,rate_gb_per_s,\
            rate_gflop_per_s,roof_gflop_per_s,roof_share,limit,reason
            """
        #expect(
            profile(roof: roof).rooflineCSV == """
                \(header)
                prefill,q<kv,0.002,3000.0,6000.0,2.0,1.5,3.0,4.0,0.75,memory,
                prefill,embed,0.003,,,,,,,,,its operations and bytes are not counted

                """)
        #expect(
            profile(roof: nil).rooflineCSV == """
                \(header)
                prefill,q<kv,0.002,3000.0,6000.0,2.0,1.5,3.0,,,,the roof was not measured
                prefill,embed,0.003,,,,,,,,,its operations and bytes are not counted

                """)
    }

    @Test func pageHasASectionForWhatWasMeasured() {
        func anchors(_ page: Page) -> [String] { page.sections.map(\.anchor) }
        let bare = ProfilePage(profile(roof: nil), kernels: [:]).page
        #expect(anchors(bare) == ["prefill", "flame", "machine"])
        let addition = PageSection(anchor: "counters", title: "Counters", body: "<p>none</p>")
        let whole = ProfilePage(
            profile(roof: roof), kernels: ["q<kv": "matmul bf16 avx2"], additions: [addition]
        ).page
        #expect(anchors(whole) == ["prefill", "roofline", "flame", "counters", "machine"])
        #expect(HTMLOutline(whole.html).fault == nil)
        #expect(whole.html.contains(">matmul bf16 avx2</td>"))
        #expect(whole.html.contains(">q&lt;kv</td>"))
        #expect(!whole.html.contains("q<kv"))
    }

    @Test func traceIsWrittenWholeOrNotAtAll() throws {
        let parent = TemporaryDirectory()
        let directory = try ProfileDirectory(path: parent.path("profile"))
        let timeline = Timeline(profile(roof: nil).recording)
        var text = ""
        timeline.write(to: &text)
        try directory.write(timeline)
        #expect(parent.read("profile/trace.json") == text)
        #expect(parent.entries(of: "profile") == ["trace.json"])
        // A directory in the way of the file: the text is there, and cannot get its name.
        let other = try ProfileDirectory(path: parent.path("other"))
        mkdir("\(other.path)/trace.json", 0o755)
        let path = "\(other.path)/trace.json"
        #expect(throws: ReportingError.file(operation: "replace", path: path, code: EISDIR)) {
            try other.write(timeline)
        }
        #expect(parent.entries(of: "other") == ["trace.json"])
    }
}
