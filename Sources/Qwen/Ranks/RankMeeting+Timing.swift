internal import Basics
internal import Kernels
package import Machine

extension RankMeeting {
    /// What a sum of some size takes.
    package struct Timing: Codable, Equatable, Sendable {
        /// Of what one rank adds.
        package let byteCount: Int
        /// Median of many.
        package let seconds: Double

        enum CodingKeys: String, CodingKey {
            case byteCount = "bytes"
            case seconds = "sum_s"
        }
    }

    /// From a small model's step of one sequence to a large model's prompt.
    private static let timedBytes = (0..<6).map { 4096 << (2 * $0) }
    private static let rounds = 41

    /// Times sums of sizes, together with all ranks.
    ///
    /// - Parameter pool: the workers of this rank.
    /// - Throws: what the memory is refused with.
    package func measure(on pool: WorkerPool) throws -> [Timing] {
        let most = (Self.timedBytes.last ?? 0) / MemoryLayout<Float>.stride
        try open(rows: 1, width: most, wanted: 1)
        let stream = UnsafeMutablePointer<Float>.allocate(capacity: most)
        stream.initialize(repeating: 0, count: most)
        let times = UnsafeMutablePointer<UInt64>.allocate(capacity: Self.rounds)
        times.initialize(repeating: 0, count: Self.rounds)
        defer {
            stream.deallocate()
            times.deallocate()
        }
        return Self.timedBytes.map { bytes in
            let count = bytes / MemoryLayout<Float>.stride
            begin()
            run(pool, stream, count: count, times)
            let sorted = UnsafeBufferPointer(start: times, count: Self.rounds).sorted()
            return Timing(byteCount: bytes, seconds: Double(sorted[Self.rounds / 2]) / 1e9)
        }
    }

    private func run(
        _ pool: WorkerPool, _ stream: UnsafeMutablePointer<Float>, count: Int,
        _ times: UnsafeMutablePointer<UInt64>
    ) {
        let view = self.view
        // The pool runs it only while this function does.
        nonisolated(unsafe) let (stream, times) = (stream, times)
        pool.run { worker in
            let panels = worker.share(of: count / PackedPanels.channels)
            let columns =
                panels.lowerBound * PackedPanels.channels..<panels.upperBound
                * PackedPanels.channels
            for round in 0..<Self.rounds {
                let start = Clock.now()
                view.add(
                    to: StreamColumns(stream: stream, stride: count, rows: 1, columns: columns),
                    worker)
                worker.barrier()
                if worker.index == 0 { times[round] = Clock.now() - start }
            }
        }
    }
}
