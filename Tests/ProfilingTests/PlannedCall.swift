import Measurement
import Profiling

/// A call of one prefill and one decode step whose times are planned, in nanoseconds.
struct PlannedCall {
    /// One call of an operator: how long each thread works, and how long the barrier itself takes.
    struct Piece {
        var name: String
        var busy: [UInt64]
        var barrier: UInt64 = 0
        var costs: PhaseCosts?
        var weights: Operator.Weights?
    }

    var prefill: [Piece] = []
    var decode: [Piece] = []
    /// What the host does alone after the pass of each step.
    var select: UInt64 = 0
    /// Time at the end of each step that nothing accounts for.
    var lost: UInt64 = 0
    var dropped = 0
    var roof: Roof? = Roof(readBytesPerSecond: 1e9, operationsPerSecond: 1e9)

    var recording: Recording {
        var operators: [Operator] = []
        var spans: [Span] = []
        var passes: [Pass] = []
        var steps: [StepStamps] = []
        var now: UInt64 = 0
        let threads = (prefill + decode).map(\.busy.count).max() ?? 1
        for (step, pieces) in [prefill, decode].enumerated() {
            let start = now
            for piece in pieces {
                let index = operators.firstIndex { $0.name == piece.name } ?? operators.count
                if index == operators.count {
                    operators.append(
                        Operator(name: piece.name, costs: piece.costs, weights: piece.weights))
                }
                let released = now + (piece.busy.max() ?? 0) + piece.barrier
                for (thread, busy) in piece.busy.enumerated() {
                    spans.append(
                        Span(
                            thread: thread, operatorIndex: index, layer: nil, step: step,
                            start: now, end: now + busy, released: released))
                }
                now = released
            }
            passes.append(Pass(step: step, start: start, end: now))
            let done = now
            now += lost
            if select > 0 {
                spans.append(
                    Span(
                        thread: 0, operatorIndex: 1000, layer: nil, step: step, start: now,
                        end: now + select, released: now + select))
                now += select
            }
            steps.append(
                StepStamps(
                    loopTop: start, inputsPrepared: start, forwardDone: done, tokenBooked: now))
        }
        for index in spans.indices where spans[index].operatorIndex == 1000 {
            spans[index].operatorIndex = operators.count
        }
        operators.append(Operator(name: "select", workforce: .host))
        return Recording(
            shape: Shape(batch: 1, inputLength: 1, outputLength: 2), threadCount: threads,
            operators: operators, steps: steps, passes: passes,
            spans: spans.sorted { ($0.thread, $0.start) < ($1.thread, $1.start) },
            droppedSpans: dropped, roofBefore: roof, roofAfter: roof)
    }
}
