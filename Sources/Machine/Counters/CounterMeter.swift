import CLinuxShims

/// Counts what the threads of this process did and used in spans of time that follow each other:
/// the phases of a call.
///
/// The counters of the CPU are those of the calling thread and of the worker threads that exist
/// when the meter is made. Begin a span just before a timed region and end it just after: what
/// takes long to read is read outside of it.
package final class CounterMeter {
    private struct Beginning {
        let energy: [UInt64?]
        let usage: ResourceUsage
        let disturbances: DisturbanceMeter
        let clocks: [EventGroup.Reading?]
        let events: [EventGroup.Reading?]
        /// Measured by a chain of additions, where the clocks cannot be read.
        let hertz: Double?
    }

    private let files: SystemFiles
    private let cpus: CPUSet?
    private let energy: EnergyZones
    private let events: [EventGroup]
    private let clocks: [EventGroup]
    private let clocksUnknown: String?
    private var beginning: Beginning?

    /// - Parameters:
    ///   - cpus: those of which steal time counts; nil for all that the calling thread may use.
    ///   - caller: the id of the thread that drives the others, of recorded machines another.
    package convenience init(cpus: CPUSet? = nil) {
        self.init(cpus: cpus, root: "/", source: KernelPerfEvents(), caller: cls_thread_id())
    }

    package init(cpus: CPUSet?, root: String, source: any PerfEvents, caller: Int32) {
        let files = SystemFiles(root: root)
        self.files = files
        self.cpus = cpus
        energy = EnergyZones(files: files)
        let threads = CounterThread.all(caller: caller, files: files)
        events = threads.map {
            EventGroup(PerfEvent.processor, of: $0, source: source, files: files)
        }
        let found = PerfEvent.clocks(files: files)
        let wanted = found.compactMap(\.event)
        if let unknown = found.compactMap(\.unknown).first {
            clocks = []
            clocksUnknown = unknown
        } else {
            clocks = threads.map { EventGroup(wanted, of: $0, source: source, files: files) }
            clocksUnknown = clocks.lazy.flatMap(\.refused).first.map(\.reason)
        }
    }

    /// Begins a span.
    package func begin() {
        // From what is slow to read, and would disturb most, to what counts every cycle.
        let energy = energy.read()
        let hertz = clocksUnknown == nil ? nil : FrequencyProbe.hertz()
        beginning = Beginning(
            energy: energy,
            usage: .current(),
            disturbances: DisturbanceMeter(cpus: cpus, root: files.root),
            clocks: clocks.map { $0.read() },
            events: events.map { $0.read() },
            hertz: hertz)
    }

    /// Ends the span and says what happened in it.
    ///
    /// - Parameter tokens: how many tokens the span made or read, for the energy of each.
    /// - Precondition: a span has begun.
    package func end(tokens: Int?) -> [Count] {
        guard let beginning else { preconditionFailure("no span has begun") }
        let laterEvents = events.map { $0.read() }
        let laterClocks = clocks.map { $0.read() }
        let disturbances = beginning.disturbances.difference()
        let usage = ResourceUsage.current() - beginning.usage
        let laterEnergy = energy.read()
        let hertz = beginning.hertz.map { ($0 + FrequencyProbe.hertz()) / 2 }
        self.beginning = nil

        var counts = Self.counts(disturbances, usage)
        for (index, group) in events.enumerated() {
            counts += group.counts(from: beginning.events[index], to: laterEvents[index])
        }
        counts += frequencies(from: beginning.clocks, to: laterClocks, probed: hertz)
        counts += energy.counts(from: beginning.energy, to: laterEnergy, tokens: tokens)
        return counts
    }

    private static func counts(_ found: Disturbances, _ usage: ResourceUsage) -> [Count] {
        let scheduler =
            "the kernel does not show what its scheduler counts (/proc/self/task/*/sched)"
        return [
            Count("elapsed", unit: "ns", value: Double(found.elapsedNanoseconds)),
            Count("user_time", unit: "ns", value: Double(usage.userNanoseconds)),
            Count("system_time", unit: "ns", value: Double(usage.systemNanoseconds)),
            Count("voluntary_switches", value: Double(usage.voluntarySwitches)),
            Count("involuntary_switches", value: Double(found.involuntarySwitches)),
            Count("migrations", found.migrations, unknown: scheduler),
            Count("run_delay", unit: "ns", found.runDelayNanoseconds, unknown: scheduler),
            Count(
                "steal_time", unit: "ns", found.stealNanoseconds,
                unknown: "the kernel does not tell (/proc/stat)"),
            Count("minor_faults", value: Double(found.minorFaults)),
            Count("major_faults", value: Double(found.majorFaults)),
        ]
    }

    /// The frequency of each thread's core, or of the calling thread's as a chain of additions shows
    /// it.
    private func frequencies(
        from earlier: [EventGroup.Reading?], to later: [EventGroup.Reading?], probed: Double?
    ) -> [Count] {
        if let unknown = clocksUnknown {
            return [
                Count(
                    "frequency", scope: "worker 0", unit: "Hz", value: probed,
                    note: "from chains of additions before and after; aperf and mperf cannot be "
                        + "read: \(unknown)")
            ]
        }
        return clocks.enumerated().map { index, group in
            let hertz = CoreFrequency.hertz(group.counts(from: earlier[index], to: later[index]))
            return Count(
                "frequency", scope: group.thread.name, unit: "Hz", value: hertz,
                note: hertz == nil ? "the thread did not run, or its clocks gave no answer" : nil)
        }
    }
}

/// The frequency of the cores that threads ran on.
enum CoreFrequency {
    /// From what a thread's clocks counted in a span of time.
    ///
    /// frequency = tsc / time · aperf / mperf, as `Bzy_MHz` of turbostat(8); nil if one is missing.
    static func hertz(_ counts: [Count]) -> Double? {
        func value(_ name: String) -> Double? { counts.first { $0.name == name }?.value }
        guard let tsc = value("tsc"), let aperf = value("aperf"), let mperf = value("mperf"),
            let time = value("time_enabled"), time > 0, mperf > 0
        else { return nil }
        return tsc / (time / 1e9) * aperf / mperf
    }
}
