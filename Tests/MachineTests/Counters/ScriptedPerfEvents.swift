import Machine
import Synchronization

/// Counters that tell what a test wrote down, and which of them are open.
final class ScriptedPerfEvents: PerfEvents {
    struct Opened: Equatable {
        let name: String
        let thread: Int32
        let leader: Int32?
    }

    private struct State {
        var opened: [Int32: Opened] = [:]
        var closed: [Int32] = []
        var readings: [[UInt64]]
    }

    private let refusals: [String: Int32]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - refusals: the error of each event that cannot be opened.
    ///   - readings: enabled, running and the counts, one array for each read of a group in turn.
    ///     Their number goes before them.
    init(refusals: [String: Int32] = [:], readings: [[UInt64]] = []) {
        self.refusals = refusals
        state = Mutex(State(readings: readings.map { [UInt64($0.count - 2)] + $0 }))
    }

    var opened: [Opened] {
        state.withLock { state in state.opened.sorted { $0.key < $1.key }.map(\.value) }
    }
    var closed: [Int32] { state.withLock { $0.closed } }

    func open(_ event: PerfEvent, thread: Int32, leader: Int32?) throws(ErrorNumber) -> Int32 {
        if let code = refusals[event.name] { throw ErrorNumber(code) }
        return state.withLock { state in
            let descriptor = Int32(state.opened.count + 1)
            state.opened[descriptor] = Opened(name: event.name, thread: thread, leader: leader)
            return descriptor
        }
    }

    func read(_ leader: Int32, limit: Int) throws(ErrorNumber) -> [UInt64] {
        state.withLock { state in
            state.readings.isEmpty ? [] : Array(state.readings.removeFirst().prefix(limit))
        }
    }

    func close(_ descriptor: Int32) {
        state.withLock { $0.closed.append(descriptor) }
    }
}
