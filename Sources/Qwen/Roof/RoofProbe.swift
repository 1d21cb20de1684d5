internal import Basics
internal import Kernels
internal import Machine
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

/// Measures what the threads of an execution can do at most: how fast they read memory, and how
/// fast they multiply where operands never leave the registers.
///
/// It runs on the same threads, pins and memory policy as a sweep, so that a sweep's numbers can
/// be held against it.
package struct RoofProbe {
    private let execution: Execution

    package init(_ execution: Execution) {
        self.execution = execution
    }

    /// Bytes a second that all threads together read from memory, each its own part, as they read
    /// weights.
    ///
    /// - Parameters:
    ///   - byteCount: of the buffer; far more than the caches hold.
    ///   - passes: the fastest of so many passes counts.
    /// - Throws: `MachineError` when the memory cannot be had.
    package func readBandwidth(byteCount: Int, passes: Int = 5) throws -> Double {
        let region = try execution.region(byteCount: byteCount.roundedUp(toMultipleOf: 4096))
        guard let table = KernelTable(execution.instructionSet, .f32) else {
            throw QwenError.unusableInstructionSet(execution.instructionSet.rawValue)
        }
        nonisolated(unsafe) let base = region.base
        let pages = region.byteCount / 4096
        // Each worker touches its own part first: written pages, not the kernel's one page of zeros.
        execution.pool.run { worker in
            let share = worker.share(of: pages)
            memset(base + share.lowerBound * 4096, 1, share.count * 4096)
        }
        let check = Atomic<UInt64>(0)
        var best = Double.infinity
        for _ in 0..<passes {
            let seconds = measure {
                execution.pool.run { worker in
                    let share = worker.share(of: pages)
                    let sum = table.read(
                        base + share.lowerBound * 4096, byteCount: share.count * 4096)
                    check.wrappingAdd(sum, ordering: .relaxed)
                }
            }
            best = min(best, seconds)
        }
        return Double(region.byteCount) / best
    }

    /// Bytes a second that all threads together read of a model's weights, each thread the panels
    /// that it multiplies: the very pages that a decode step reads, in its order.
    ///
    /// At most about 1 GiB of them, the head included.
    ///
    /// - Parameter passes: the fastest of so many passes counts.
    package func readBandwidth(of model: Model, passes: Int = 3) -> Double {
        let copies = model.weights.copies
        let matrixCount = 4 * model.configuration.layerCount + 1
        // A trivial view for the threads: pointers into pages that live as long as the model; the
        // matrices of one copy after those of the other.
        let matrices = UnsafeMutableBufferPointer<PackedMatrix>.allocate(
            capacity: copies.count * matrixCount)
        defer { matrices.deallocate() }
        var count = 0
        var bytes = 0
        for (copy, weights) in copies.enumerated() {
            let layers = UnsafeBufferPointer(
                start: weights.layers, count: model.configuration.layerCount)
            let all =
                [weights.head]
                + layers.flatMap { [$0.queryKeyValue, $0.attentionOutput, $0.gateUp, $0.down] }
            count = 0
            bytes = 0
            for matrix in all where bytes < 1 << 30 {
                matrices.initializeElement(at: copy * matrixCount + count, to: matrix)
                count += 1
                bytes +=
                    matrix.panelCount * matrix.panels.panelStride / Self.readUnit * Self.readUnit
            }
        }
        nonisolated(unsafe) let views = UnsafeBufferPointer(matrices)
        let read = count
        let copyOfWorker = model.weights.indices
        let table = model.attention
        let check = Atomic<UInt64>(0)
        var best = Double.infinity
        for _ in 0..<passes {
            let seconds = measure {
                execution.pool.run { worker in
                    var sum: UInt64 = 0
                    let first = copyOfWorker[worker.index] * matrixCount
                    for matrix in views[first..<first + read] {
                        let share = worker.share(of: matrix.panelCount)
                        let stride = matrix.panels.panelStride
                        sum &+= table.read(
                            matrix.panels.base + share.lowerBound * stride,
                            byteCount: share.count * stride / Self.readUnit * Self.readUnit)
                    }
                    check.wrappingAdd(sum, ordering: .relaxed)
                }
            }
            best = min(best, seconds)
        }
        return Double(bytes) / best
    }

    /// Bytes that the reading kernel takes at a time.
    private static let readUnit = 256

    /// Multiplications and additions a second of all threads together in a precision.
    ///
    /// - Returns: nil where the instruction set has no kernels for it.
    package func computePeak(_ precision: Precision, passes: Int = 5) -> Double? {
        guard let table = KernelTable(execution.instructionSet, precision.weights) else {
            return nil
        }
        let operations = Atomic<Int>(0)
        // About 10 ms: long enough beside the start of a run, short enough between neighbours.
        var rounds = 1000
        var best = 0.0
        var pass = 0
        while pass < passes {
            operations.store(0, ordering: .relaxed)
            let count = rounds
            let seconds = measure {
                execution.pool.run { _ in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 16) { sink in
                        sink.initialize(repeating: 1)
                        guard let base = sink.baseAddress else { return }
                        let done = table.computePeak(rounds: count, sink: base)
                        operations.wrappingAdd(done, ordering: .relaxed)
                    }
                }
            }
            if seconds < 0.01 {
                rounds *= 2
                continue
            }
            best = max(best, Double(operations.load(ordering: .relaxed)) / seconds)
            pass += 1
        }
        return best
    }

    /// Seconds that it takes all threads to start a piece of work and end it together.
    package func dispatchSeconds() -> Double {
        let body: @Sendable (Worker) -> Void = { _ in }
        let count = 10000
        return measure { for _ in 0..<count { execution.pool.run(body) } } / Double(count)
    }

    /// Seconds that a barrier between all threads takes.
    package func barrierSeconds() -> Double {
        let count = 10000
        return measure {
            execution.pool.run { worker in
                for _ in 0..<count { worker.barrier() }
            }
        } / Double(count)
    }

    private func measure(_ work: () -> Void) -> Double {
        let start = Clock.now()
        work()
        return Double(Clock.now() - start) / 1e9
    }
}
