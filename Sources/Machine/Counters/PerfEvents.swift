import CLinuxShims
import Glibc

/// The system calls behind a group of counters; tests have their own.
package protocol PerfEvents: Sendable {
    /// Opens a counter of a thread, in the group of the descriptor `leader` or, without one, as the
    /// leader of a new group; it counts at once.
    ///
    /// - Returns: its descriptor.
    func open(_ event: PerfEvent, thread: Int32, leader: Int32?) throws(ErrorNumber) -> Int32

    /// What a read of the group gives, at most `limit` words: the number of counters, the
    /// nanoseconds that the group was enabled and that it ran, and each count.
    func read(_ leader: Int32, limit: Int) throws(ErrorNumber) -> [UInt64]

    func close(_ descriptor: Int32)
}

/// The counters of this machine.
package struct KernelPerfEvents: PerfEvents {
    package init() {}

    package func open(
        _ event: PerfEvent, thread: Int32, leader: Int32?
    ) throws(ErrorNumber) -> Int32 {
        var descriptor: Int32 = -1
        let code = cls_open_counter(
            event.type, event.config, event.excludesKernel, thread, leader ?? -1, &descriptor)
        guard code == 0 else { throw ErrorNumber(code) }
        return descriptor
    }

    package func read(_ leader: Int32, limit: Int) throws(ErrorNumber) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: limit)
        let count = words.withUnsafeMutableBytes { Glibc.read(leader, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw ErrorNumber.last }
        return Array(words.prefix(count / MemoryLayout<UInt64>.size))
    }

    package func close(_ descriptor: Int32) {
        Glibc.close(descriptor)
    }
}
