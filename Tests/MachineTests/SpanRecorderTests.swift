import Machine
import Testing

@Suite struct SpanRecorderTests {
    @Test func eachWorkerWritesItsOwnLane() throws {
        let pool = try WorkerPool(placement: .unpinned(threads: 2))
        defer { pool.shutdown() }
        let recorder = SpanRecorder(workers: 2, capacity: 8, passes: 2)
        for step in 0..<2 {
            recorder.beginStep(step)
            recorder.beginPass()
            pool.run { worker in
                let lane = recorder.lane(worker.index)
                lane.begin(3, layer: worker.index)
                lane.end()
                worker.barrier()
                lane.released()
                lane.begin(4)
                lane.end()
            }
            recorder.endPass()
        }
        for worker in 0..<2 {
            let spans = recorder.spans(ofWorker: worker)
            #expect(spans.map(\.work) == [3, 4, 3, 4])
            #expect(spans.map(\.layer) == [Int16(worker), -1, Int16(worker), -1])
            #expect(spans.map(\.step) == [0, 0, 1, 1])
            #expect(spans.allSatisfy { $0.start <= $0.end && $0.end <= $0.released })
            for (span, next) in zip(spans, spans.dropFirst()) {
                #expect(span.released <= next.start)
            }
            for (index, pass) in recorder.passes.enumerated() {
                let own = spans.filter { $0.step == UInt32(index) }
                #expect(own.allSatisfy { pass.start <= $0.start && $0.released <= pass.end })
            }
        }
        #expect(recorder.passes.map(\.step) == [0, 1])
        #expect(recorder.dropped == 0)
    }

    /// What does not fit is counted, and harms nothing.
    @Test func spansWithoutRoomAreCounted() {
        let recorder = SpanRecorder(workers: 2, capacity: 2, passes: 1)
        for _ in 0..<3 {
            recorder.beginPass()
            recorder.endPass()
        }
        for work in 0..<5 {
            recorder.lane(0).begin(work)
            recorder.lane(0).end()
            recorder.lane(0).released()
        }
        recorder.lane(1).begin(9)
        recorder.lane(1).end()
        #expect(recorder.spans(ofWorker: 0).map(\.work) == [0, 1])
        #expect(recorder.spans(ofWorker: 1).map(\.work) == [9])
        #expect(recorder.passes.count == 1)
        #expect(recorder.dropped == 3 + 2)
        recorder.reset()
        #expect(recorder.spans(ofWorker: 0) == [] && recorder.passes == [] && recorder.dropped == 0)
    }
}
