import Basics

/// Memory for what the workers of a pool do, moment by moment: allocated and touched before, so that
/// recording neither allocates nor faults a page.
///
/// Each worker writes to a lane of its own, at least a cache line from the next. The thread that
/// drives the pool calls `beginStep`, and `beginPass` and `endPass` around a run; nobody reads
/// before all have ended.
package final class SpanRecorder: @unchecked Sendable {
    // Sendable: a lane is written by one worker at a time, the rest by the driving thread between
    // runs of the pool, whose start and end order the two.

    /// A run of the pool; times are nanoseconds of `CLOCK_MONOTONIC`.
    package struct Pass: Equatable, Sendable {
        package var step: UInt32
        package var start: UInt64
        package var end: UInt64
    }

    package let workerCount: Int
    private let capacity: Int
    private let laneByteCount: Int
    private let memory: UnsafeMutableRawPointer
    private let passMemory: UnsafeMutableBufferPointer<Pass>
    private var passCount = 0
    private var step: UInt32 = 0

    private static let line = FutexWord.paddedBytes

    /// - Parameters:
    ///   - capacity: spans of each worker.
    ///   - passes: runs of the pool.
    package init(workers: Int, capacity: Int, passes: Int) {
        precondition(workers > 0 && capacity >= 0 && passes >= 0, "no room to record")
        workerCount = workers
        self.capacity = capacity
        let spans = (capacity + 1) * MemoryLayout<RecordedSpan>.stride
        // A line between lanes: the prefetcher of x86 fetches them in pairs.
        laneByteCount = Self.line + (spans + Self.line - 1) / Self.line * Self.line + Self.line
        memory = .allocate(byteCount: workers * laneByteCount, alignment: Self.line)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: workers * laneByteCount)
        // One more for those that find no room.
        passMemory = .allocate(capacity: passes + 1)
        passMemory.initialize(repeating: Pass(step: 0, start: 0, end: 0))
    }

    deinit {
        memory.deallocate()
        passMemory.deallocate()
    }

    /// Forgets everything, and keeps the memory.
    package func reset() {
        passCount = 0
        beginStep(0)
        for worker in 0..<workerCount { lane(worker).header.pointee.count = 0 }
    }

    /// Where a worker writes.
    package func lane(_ worker: Int) -> SpanLane {
        let base = memory + worker * laneByteCount
        return SpanLane(
            header: base.assumingMemoryBound(to: SpanLane.Header.self),
            spans: (base + Self.line).assumingMemoryBound(to: RecordedSpan.self),
            capacity: capacity)
    }

    /// Names the step that spans and passes belong to from now on.
    ///
    /// - Precondition: The pool is not running.
    package func beginStep(_ step: Int) {
        self.step = UInt32(truncatingIfNeeded: step)
        for worker in 0..<workerCount { lane(worker).header.pointee.step = self.step }
    }

    /// Notes that the pool is about to run.
    package func beginPass() {
        let index = min(passCount, passMemory.count - 1)
        passCount += 1
        passMemory[index] = Pass(
            step: step, start: Clock.now(), end: 0)
    }

    /// Notes that the run has ended.
    package func endPass() {
        passMemory[min(passCount, passMemory.count) - 1].end = Clock.now()
    }

    /// What a worker did, in the order of time.
    package func spans(ofWorker worker: Int) -> [RecordedSpan] {
        let lane = lane(worker)
        return Array(
            UnsafeBufferPointer(
                start: lane.spans, count: min(lane.header.pointee.count, capacity)))
    }

    /// The runs of the pool, in the order of time.
    package var passes: [Pass] { Array(passMemory.prefix(min(passCount, passMemory.count - 1))) }

    /// Spans and passes that found no room.
    package var dropped: Int {
        (0..<workerCount).reduce(max(0, passCount - (passMemory.count - 1))) {
            $0 + max(0, lane($1).header.pointee.count - capacity)
        }
    }
}
