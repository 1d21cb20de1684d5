import Measurement
import Profiling
import Testing

/// Added up by hand for one prefill of two threads.
@Suite struct OperatorTableTests {
    private static func span(
        _ thread: Int, _ work: Int, layer: Int? = nil, _ start: UInt64, _ end: UInt64,
        _ released: UInt64? = nil
    ) -> Span {
        Span(
            thread: thread, operatorIndex: work, layer: layer, step: 0, start: start, end: end,
            released: released ?? end)
    }

    private let recording = Recording(
        shape: Shape(batch: 1, inputLength: 4, outputLength: 1),
        threadCount: 2,
        operators: [
            Operator(
                name: "multiply",
                costs: PhaseCosts(prefill: Cost(bytes: 290, operations: 580), decode: nil)),
            Operator(name: "add"),
            Operator(name: "stage", workforce: .host),
            Operator(name: "select", workforce: .host),
        ],
        steps: [
            StepStamps(loopTop: 0, inputsPrepared: 100, forwardDone: 1000, tokenBooked: 1100)
        ],
        passes: [Pass(step: 0, start: 120, end: 990)],
        spans: [
            span(0, 2, 0, 100), span(0, 0, 130, 330, 430), span(0, 1, 440, 940),
            span(0, 3, 1000, 1100),
            span(1, 0, 140, 420, 431), span(1, 1, 441, 841),
        ],
        roofBefore: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 3e9),
        roofAfter: Roof(readBytesPerSecond: 3e9, operationsPerSecond: 5e9))

    @Test func everyRowIsTheMeanOfTheThreadsAndTogetherTheyAreThePhase() throws {
        let table = try #require(OperatorTable(recording, .prefill))
        #expect(table.duration == 1100)
        #expect(table.rows.map(\.name) == ["stage", "multiply", "add", "select"])
        #expect(table.rows.map(\.total) == [100, 240, 450, 100])
        // The last span of a pass waits for its end.
        #expect(table.rows.map(\.wait) == [0, 55.5, 99.5, 0])
        #expect(table.barriers == 155)
        #expect(table.dispatch == 15)
        #expect(table.host == 30)
        // 10 of each thread lie between the first operator and the second.
        #expect(table.remainder == 10)
    }

    @Test func aCallLastsFromTheFirstStartToTheLastEnd() throws {
        let row = try #require(OperatorTable(recording, .prefill)).rows[1]
        #expect(row.calls == 1)
        #expect(row.elapsed == 290)
        #expect(row.median == 290)
        #expect(row.passing == 11)
        #expect(row.share == 240.0 / 1100)
        #expect(row.imbalance == 280.0 / 240)
        #expect(row.busiestThread == 1)
        #expect(row.threads.map(\.busy) == [200, 280])
    }

    @Test func theRoofIsTheMeanOfBeforeAndAfter() throws {
        let row = try #require(OperatorTable(recording, .prefill)).rows[1]
        #expect(row.bytesPerSecond == 1e9)
        #expect(row.operationsPerSecond == 2e9)
        #expect(row.intensity == 2)
        // 1 of 2 GB/s, 2 of 4 GFLOP/s.
        #expect(abs((row.utilization?.mbu ?? 0) - 0.5) < 1e-12)
        #expect(abs((row.roofShare ?? 0) - 0.5) < 1e-12)
        let uncounted = try #require(OperatorTable(recording, .prefill)).rows[2]
        #expect(uncounted.roofShare == nil && uncounted.bytesPerSecond == nil)
    }

    @Test func aPhaseWithoutStepsHasNoTable() {
        #expect(OperatorTable(recording, .decode) == nil)
    }

    @Test func layersShareTheCostAndKeepTheirTimes() throws {
        var recording = recording
        recording.spans = [
            Self.span(0, 0, layer: 0, 130, 230, 240), Self.span(0, 0, layer: 1, 250, 450, 460),
            Self.span(1, 0, layer: 0, 130, 230, 240), Self.span(1, 0, layer: 1, 250, 350, 460),
        ]
        let all = try #require(OperatorTable(recording, .prefill))
        #expect(all.rows.map(\.calls) == [2])
        #expect(all.rows[0].median == 150)
        let layers = try #require(OperatorTable(recording, .prefill, perLayer: true))
        #expect(layers.rows.map(\.layer) == [0, 1])
        #expect(layers.rows.map(\.total) == [100, 150])
        #expect(
            layers.rows.map(\.cost) == Array(repeating: Cost(bytes: 145, operations: 290), count: 2)
        )
        #expect(layers.barriers == all.barriers)
    }
}
