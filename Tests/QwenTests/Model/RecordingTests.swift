import Machine
import Testing

@testable import Qwen

/// What the forward pass records of itself.
@Suite struct RecordingTests {
    /// Three key/value heads: two threads share them.
    private static let model = ModelConfiguration(
        name: "recorded", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 6,
        kvHeadCount: 3, headDimension: 16, intermediateSize: 96, vocabularySize: 100,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private struct Outcome {
        var recorder: SpanRecorder
        var logits: [[Float]] = []
    }

    /// A prompt of two chunks, then two steps.
    private func run(_ precision: Precision, recorded: Bool = true) throws -> Outcome {
        let generation = try Generation(
            Self.model, source: RandomTensorSource(Self.model, seed: 1), precision: precision,
            threads: 2)
        let session = try Session(
            model: generation.model, batch: 1, capacity: 602, availableBytes: nil)
        session.start(promptLengths: [600])
        let size = session.recordingSize(steps: 2)
        var outcome = Outcome(
            recorder: SpanRecorder(workers: 2, capacity: size.spans, passes: size.passes))
        if recorded { session.record(into: outcome.recorder) }
        let prompt = (0..<600).map { Int32($0 % 100) }
        prompt.withUnsafeBufferPointer { session.stagePrompts($0) }
        for step in 0..<3 {
            outcome.recorder.beginStep(step)
            session.forward()
            outcome.logits.append(Array(session.logits(0)))
            [try session.greedyToken(0)].withUnsafeBufferPointer {
                if step < 2 { session.stageTokens($0) }
            }
        }
        return outcome
    }

    @Test func recordingChangesNoNumber() throws {
        for precision in Precision.allCases {
            let plain = try run(precision, recorded: false)
            #expect(plain.recorder.passes == [])
            #expect(try run(precision).logits == plain.logits)
        }
    }

    @Test func everyThreadTakesPartInEveryCall() throws {
        let recorder = try run(.int8).recorder
        #expect(recorder.dropped == 0)
        #expect(recorder.passes.map(\.step) == [0, 0, 1, 2])
        let spans = (0..<2).map { recorder.spans(ofWorker: $0) }
        let calls = spans.map { $0.map { [Int($0.work), Int($0.layer), Int($0.step)] } }
        #expect(calls[0] == calls[1])

        let layer: [ForwardOperator] = [
            .attentionNorm, .queryKeyValue, .ropeCache, .attention, .attentionEncode,
            .attentionOutput, .feedForwardNorm, .gateUp, .gatedEncode, .down,
        ]
        let names = spans[0].filter { $0.step == 0 }.map { Int($0.work) }
        let chunk = [.embed] + layer + layer + [.finalNorm]
        #expect(names == (chunk + chunk + [.head]).map(\.rawValue))
        let step = spans[0].filter { $0.step == 1 }.map { Int($0.work) }
        #expect(step == ([.embed] + layer + layer + [.finalNorm, .head]).map(\.rawValue))
        #expect(step.count <= ForwardOperator.callsPerPass(layers: 2))
    }

    @Test func spansOfAThreadFollowOneAnotherWithinTheirPass() throws {
        let recorder = try run(.bf16).recorder
        for worker in 0..<2 {
            let spans = recorder.spans(ofWorker: worker)
            for (span, next) in zip(spans, spans.dropFirst()) {
                #expect(span.start <= span.end && span.end <= span.released)
                #expect(span.released <= next.start)
            }
            for span in spans {
                #expect(
                    recorder.passes.contains {
                        $0.step == span.step && $0.start <= span.start && span.released <= $0.end
                    })
            }
        }
    }
}
