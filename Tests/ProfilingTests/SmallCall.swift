import Measurement
import Profiling

/// Two sequences, two threads, one layer of two operators, two tokens.
enum SmallCall {
    /// The whole call.
    static let recording = Recording(
        shape: shape, threadCount: 2, operators: operators, steps: steps, passes: passes,
        spans: spans)

    static let shape = Shape(batch: 2, inputLength: 4, outputLength: 2)

    static let operators = [
        Operator(
            name: "qkv",
            costs: PhaseCosts(
                prefill: Cost(bytes: 1000, operations: 8000),
                decode: Cost(bytes: 900, operations: 1800))),
        Operator(name: "mlp"),
    ]

    static let steps = [
        StepStamps(loopTop: 1000, inputsPrepared: 1100, forwardDone: 4100, tokenBooked: 4500),
        StepStamps(loopTop: 5000, inputsPrepared: 5050, forwardDone: 6050, tokenBooked: 6100),
    ]

    static let passes = [
        Pass(step: 0, start: 1150, end: 4000), Pass(step: 1, start: 5080, end: 6000),
    ]

    static let spans = [
        span(0, 0, step: 0, 1200, 2200, 2500), span(0, 1, step: 0, 2500, 4000, 4000),
        span(0, 0, step: 1, 5100, 5400, 5500), span(0, 1, step: 1, 5500, 5900, 6000),
        span(1, 0, step: 0, 1250, 2450, 2500), span(1, 1, step: 0, 2500, 3700, 4000),
        span(1, 0, step: 1, 5100, 5500, 5500), span(1, 1, step: 1, 5500, 6000, 6000),
    ]

    /// A span of layer 0.
    static func span(
        _ thread: Int, _ index: Int, step: Int, _ start: UInt64, _ end: UInt64, _ released: UInt64
    ) -> Span {
        Span(
            thread: thread, operatorIndex: index, layer: 0, step: step, start: start, end: end,
            released: released)
    }
}
