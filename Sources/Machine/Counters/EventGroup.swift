/// Counters of one thread that run at the same times, so that their ratios mean something.
final class EventGroup {
    /// What the group had counted at one moment.
    struct Reading {
        let enabledNanoseconds: UInt64
        let runningNanoseconds: UInt64
        /// In the order of `events`.
        let counts: [UInt64]
    }

    let thread: CounterThread
    /// Those that are open, the leader first.
    let events: [PerfEvent]
    /// Those that are not, and why.
    let refused: [(name: String, reason: String)]

    private let source: any PerfEvents
    private let descriptors: [Int32]

    /// Opens what can be opened; it counts from then on.
    init(
        _ wanted: [PerfEvent], of thread: CounterThread, source: any PerfEvents, files: SystemFiles
    ) {
        var events: [PerfEvent] = []
        var refused: [(name: String, reason: String)] = []
        var descriptors: [Int32] = []
        for event in wanted {
            do throws(ErrorNumber) {
                descriptors.append(
                    try source.open(event, thread: thread.id, leader: descriptors.first))
                events.append(event)
            } catch {
                refused.append((event.name, CounterRefusal.reason(error, files: files)))
            }
        }
        self.thread = thread
        self.events = events
        self.refused = refused
        self.source = source
        self.descriptors = descriptors
    }

    deinit {
        // The leader last: without it the others would become groups of their own.
        for descriptor in descriptors.reversed() { source.close(descriptor) }
    }

    /// What has been counted up to now; nil if nothing is open, or the kernel gives no whole answer.
    func read() -> Reading? {
        guard let leader = descriptors.first,
            let words = try? source.read(leader, limit: 3 + events.count),
            words.count == 3 + events.count, words[0] == UInt64(events.count)
        else { return nil }
        return Reading(
            enabledNanoseconds: words[1], runningNanoseconds: words[2], counts: Array(words[3...]))
    }

    /// What was counted after `earlier` and up to `later`, then `time_enabled` and `time_running`.
    ///
    /// Where more groups want the CPU's counters than there are, the kernel lets them run in turn
    /// (multiplexing): what such a group counted is scaled by the time it was enabled over the time
    /// it ran, as perf_event_open(2) says, and the note tells the share.
    func counts(from earlier: Reading?, to later: Reading?) -> [Count] {
        var counts = refused.map {
            Count($0.name, scope: thread.name, value: nil, note: $0.reason)
        }
        guard !events.isEmpty else { return counts }
        guard let earlier, let later else {
            return counts
                + events.map {
                    Count(
                        $0.name, scope: thread.name, value: nil,
                        note: "the kernel gave no whole answer")
                }
        }
        let enabled = Double(later.enabledNanoseconds &- earlier.enabledNanoseconds)
        let running = Double(later.runningNanoseconds &- earlier.runningNanoseconds)
        for (index, event) in events.enumerated() {
            let counted = Double(later.counts[index] &- earlier.counts[index])
            counts.append(count(event.name, counted, enabled: enabled, running: running))
        }
        for (name, time) in [("time_enabled", enabled), ("time_running", running)] {
            counts.append(Count(name, scope: thread.name, unit: "ns", value: time))
        }
        return counts
    }

    private func count(
        _ name: String, _ counted: Double, enabled: Double, running: Double
    ) -> Count {
        // A thread that did not run had nothing to count.
        guard enabled > running else { return Count(name, scope: thread.name, value: counted) }
        guard running > 0 else {
            return Count(
                name, scope: thread.name, value: nil,
                note: "others held the CPU's counters all the time (another profiler, the NMI "
                    + "watchdog)")
        }
        let percent = (running / enabled * 1000).rounded() / 10
        return Count(
            name, scope: thread.name, value: (counted * enabled / running).rounded(),
            note: "multiplexed: counted in \(percent) % of the time, and scaled")
    }
}
