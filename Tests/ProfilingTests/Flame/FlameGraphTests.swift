import Charts
import Measurement
import Testing

@testable import Profiling

@Suite struct FlameGraphTests {
    private let graph = FlameGraph(SmallCall.recording, kernels: ["qkv": "bf16, avx512"])

    /// Prefill: qkv works 1000 + 1200 and waits 300 + 50, mlp works 1500 + 1200 and waits 300; two
    /// threads had 3500 each.
    @Test func foldedStacksAddUpToTheTimeOfTheThreads() {
        #expect(
            graph.folded == """
                prefill;qkv;bf16, avx512 2200
                prefill;qkv;barrier 350
                prefill;mlp 2700
                prefill;mlp;barrier 300
                prefill;other 1450
                decode;qkv;bf16, avx512 700
                decode;qkv;barrier 100
                decode;mlp 900
                decode;mlp;barrier 100
                decode;other 400

                """)
        #expect(graph.phases.map(\.nanoseconds) == [2 * 3500, 2 * 1100])
    }

    @Test func namesCannotBreakAStack() {
        let graph = FlameGraph(SmallCall.recording, kernels: ["qkv": "a;b\nc", "mlp": "d\r\ne"])
        #expect(graph.folded.contains("prefill;qkv;a:b c 2200\n"))
        #expect(graph.folded.contains("prefill;mlp;d e 2700\n"))
    }

    @Test func widthsAreTimes() {
        let layout = FlameLayout(graph.phases[0], width: 700)
        func box(
            _ path: [String], _ nanoseconds: UInt64, _ x: Double, _ width: Double
        )
            -> FlameLayout.Box
        {
            FlameLayout.Box(
                path: ["prefill"] + path, nanoseconds: nanoseconds, x: x, width: width)
        }
        #expect(
            layout.boxes == [
                box([], 7000, 0, 700),
                box(["qkv"], 2550, 0, 255),
                box(["qkv", "bf16, avx512"], 2200, 0, 220),
                box(["qkv", "barrier"], 350, 220, 35),
                box(["mlp"], 3000, 255, 300),
                box(["mlp", "barrier"], 300, 255, 30),
                box(["other"], 1450, 555, 145),
            ])
        #expect(layout.levelCount == 3)
    }

    @Test func boxesSayWhatTheyAre() {
        let graph = FlameGraph(SmallCall.recording, kernels: ["qkv": "a<b"])
        let svg = graph.drawing(width: 700).document
        #expect(svg.contains("<title>prefill › qkv › a&lt;b: 0.00220 ms, 31.4 %</title>"))
        // Wide enough for its name and its share, for its name, for no name.
        #expect(svg.contains(">qkv 36.4 %</text>"))
        #expect(svg.contains(">a&lt;b</text>"))
        #expect(svg.contains("<title>prefill › mlp › barrier:"))
        #expect(!svg.contains(">barrier</text>"))
    }

    @Test func emptyRecordingHasNoPhases() {
        let recording = Recording(
            shape: Shape(batch: 1, inputLength: 1, outputLength: 1), threadCount: 1, operators: [],
            steps: [], passes: [], spans: [])
        #expect(FlameGraph(recording, kernels: [:]).phases.isEmpty)
        #expect(FlameGraph(recording, kernels: [:]).folded == "")
    }

    /// Clocks of a broken recording: stamps in the wrong order take no time.
    @Test func stampsInTheWrongOrderTakeNoTime() {
        let recording = Recording(
            shape: SmallCall.shape, threadCount: 2, operators: SmallCall.operators,
            steps: SmallCall.steps, passes: [],
            spans: [SmallCall.span(0, 0, step: 0, 2000, 1500, 1000)])
        #expect(
            FlameGraph(recording, kernels: [:]).folded == """
                prefill;other 7000
                decode;other 2200

                """)
    }
}
