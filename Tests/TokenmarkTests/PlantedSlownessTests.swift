import Basics
import Glibc
import Machine
import Measurement
import Profiling
import Suite
import Testing

@testable import tokenmark

/// An engine without a model whose operator 3 really sleeps on thread 1: the profile must say so.
@Suite struct PlantedSlownessTests {
    private static let names = ["embed", "norm", "product", "slow_product", "head"]

    /// One prefill and eight steps of five operators each on two threads.
    private func record() throws -> Recording {
        let pool = try WorkerPool(placement: .unpinned(threads: 2))
        defer { pool.shutdown() }
        let steps = 9
        let recorder = SpanRecorder(
            workers: 2, capacity: steps * Self.names.count, passes: steps)
        var trace = Trace(capacity: steps)
        trace.markCallEntry()
        for step in 0..<steps {
            recorder.beginStep(step)
            trace.markLoopTop()
            trace.markInputsPrepared()
            recorder.beginPass()
            pool.run { worker in
                let lane = recorder.lane(worker.index)
                for work in Self.names.indices {
                    lane.begin(work)
                    // Far longer than a busy machine keeps a thread waiting now and then.
                    usleep(work == 3 && worker.index == 1 ? (step == 0 ? 200_000 : 40_000) : 100)
                    lane.end()
                    worker.barrier()
                    lane.released()
                }
            }
            recorder.endPass()
            trace.markForwardDone()
            trace.markTokenBooked()
        }
        trace.markCallEnd()
        return Recording(
            recorder, shape: Shape(batch: 1, inputLength: 1, outputLength: steps),
            operators: Self.names.map { Operator(name: $0) }, hostCosts: nil, trace: trace,
            roofs: (nil, nil))
    }

    @Test func theTableAndTheAdviceNameOperatorAndThread() throws {
        let recording = try record()
        for phase in Phase.allCases {
            let table = try #require(OperatorTable(recording, phase))
            let slowest = try #require(table.rows.max { $0.elapsed < $1.elapsed })
            #expect(slowest.name == "slow_product")
            #expect(slowest.busiestThread == 1)
            #expect(slowest.imbalance ?? 0 > 1.5)
            // Thread 0 is the one that waits.
            #expect(slowest.threads[0].wait > slowest.threads[1].wait)

            let finding = try #require(
                Findings.all(in: recording).first { $0.phase == phase })
            #expect(finding.kind == .imbalance)
            #expect(finding.operatorName == "slow_product")
            #expect(finding.thread == 1)
            #expect(finding.text.en.contains("waiting for thread 1 in slow_product"))
        }
    }
}
