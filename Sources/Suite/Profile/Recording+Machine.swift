package import Machine
package import Measurement
package import Profiling

extension Recording {
    /// What a recorder holds of one call.
    ///
    /// What the driving thread does before and after the forward pass of a step are spans of the
    /// operators `stage` and `select`, which are added to `operators`.
    ///
    /// - Parameters:
    ///   - operators: what the numbers of `RecordedSpan.work` mean.
    ///   - trace: of the call.
    package init(
        _ recorder: SpanRecorder, shape: Shape, operators: [Operator], hostCosts: HostCosts?,
        trace: Trace, roofs: (before: Roof?, after: Roof?)
    ) {
        let stage = operators.count
        let select = stage + 1
        var spans: [Span] = []
        for worker in 0..<recorder.workerCount {
            spans += recorder.spans(ofWorker: worker).map { Span($0, worker: worker) }
            guard worker == 0 else { continue }
            for (step, stamps) in trace.steps.enumerated() {
                spans.append(
                    Span(
                        host: stage, step: step, from: stamps.loopTop, to: stamps.inputsPrepared))
                spans.append(
                    Span(
                        host: select, step: step, from: stamps.forwardDone, to: stamps.tokenBooked))
            }
            spans.sort { $0.start < $1.start }
        }
        self.init(
            shape: shape,
            threadCount: recorder.workerCount,
            operators: operators + [
                Operator(name: "stage", workforce: .host, costs: hostCosts?.stage),
                Operator(name: "select", workforce: .host, costs: hostCosts?.select),
            ],
            steps: trace.steps,
            passes: recorder.passes.map {
                Pass(step: Int($0.step), start: $0.start, end: $0.end)
            },
            spans: spans,
            droppedSpans: recorder.dropped,
            roofBefore: roofs.before,
            roofAfter: roofs.after)
    }
}

/// What the driving thread does between forward passes.
package struct HostCosts {
    /// Handing over the ids of a step.
    package let stage: PhaseCosts
    /// Choosing the tokens.
    package let select: PhaseCosts

    /// Ids are read and written, 4 bytes each; all logits are read.
    package init(_ shape: Shape, vocabularySize: Int) {
        let prompt = Double(shape.batch * shape.inputLength)
        let steps = Double(shape.batch * (shape.outputLength - 1))
        let logits = 4 * Double(vocabularySize)
        func costs(_ prefill: Double, _ decode: Double) -> PhaseCosts {
            PhaseCosts(
                prefill: Cost(bytes: prefill, operations: 0),
                decode: shape.outputLength > 1 ? Cost(bytes: decode, operations: 0) : nil)
        }
        stage = costs(8 * prompt, 8 * steps)
        select = costs(logits * Double(shape.batch), logits * steps)
    }
}

extension Span {
    package init(_ span: RecordedSpan, worker: Int) {
        self.init(
            thread: worker, operatorIndex: Int(span.work),
            layer: span.layer < 0 ? nil : Int(span.layer), step: Int(span.step),
            start: span.start, end: span.end, released: span.released)
    }

    fileprivate init(host operatorIndex: Int, step: Int, from start: UInt64, to end: UInt64) {
        self.init(
            thread: 0, operatorIndex: operatorIndex, layer: nil, step: step, start: start, end: end,
            released: end)
    }
}
