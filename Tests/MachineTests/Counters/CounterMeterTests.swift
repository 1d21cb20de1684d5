import Glibc
import Machine
import RecordedMachines
import Testing

@Suite struct CounterMeterTests {
    /// A process of the driving thread 100 and two workers, on a kernel without clocks or energy.
    private static let machine = """
        proc/self/task/100/comm = tokenmark
        proc/self/task/207/comm = tokenmark-2
        proc/self/task/301/comm = tokenmark-1
        proc/self/task/400/comm = other
        proc/sys/kernel/perf_event_paranoid = 2
        """

    /// All but cycles and instructions are refused.
    private static let twoEvents = [
        "cache_references": ENOENT, "cache_misses": EACCES, "last_level_read_misses": EOPNOTSUPP,
        "dtlb_read_misses": EINVAL,
    ]

    private func counts(
        of record: String, _ source: ScriptedPerfEvents, tokens: Int? = nil,
        between change: (RecordedMachine) throws -> Void = { _ in }
    ) throws -> [Count] {
        let machine = try RecordedMachine(record: record)
        let meter = CounterMeter(cpus: nil, root: machine.root, source: source, caller: 100)
        meter.begin()
        try change(machine)
        return meter.end(tokens: tokens)
    }

    @Test func everyThreadOfThePoolHasAGroupInTheirOrder() throws {
        let source = ScriptedPerfEvents(refusals: Self.twoEvents)
        _ = try counts(of: Self.machine, source)
        #expect(
            source.opened == [
                .init(name: "cycles", thread: 100, leader: nil),
                .init(name: "instructions", thread: 100, leader: 1),
                .init(name: "cycles", thread: 301, leader: nil),
                .init(name: "instructions", thread: 301, leader: 3),
                .init(name: "cycles", thread: 207, leader: nil),
                .init(name: "instructions", thread: 207, leader: 5),
            ])
        // Each leader after its members.
        #expect(source.closed == [2, 1, 4, 3, 6, 5])
    }

    @Test func countsAreDifferencesAndScaledWhereTheCountersWereShared() throws {
        let source = ScriptedPerfEvents(
            refusals: Self.twoEvents,
            readings: [
                [1000, 1000, 50, 70], [0, 0, 0, 0], [10, 10, 5, 5],
                // Ran throughout; ran a quarter of its time; did not run at all.
                [3000, 3000, 850, 1670], [800, 200, 10, 33], [10, 10, 5, 5],
            ])
        let counts = try counts(of: Self.machine, source)
        let scope0 = counts.filter { $0.scope == "worker 0" && $0.name != "frequency" }
        #expect(
            scope0.dropFirst(4) == [
                Count("cycles", scope: "worker 0", value: 800),
                Count("instructions", scope: "worker 0", value: 1600),
                Count("time_enabled", scope: "worker 0", unit: "ns", value: 2000),
                Count("time_running", scope: "worker 0", unit: "ns", value: 2000),
            ])
        let note = "multiplexed: counted in 25.0 % of the time, and scaled"
        #expect(
            counts.filter { $0.scope == "worker 1" }.dropFirst(4) == [
                Count("cycles", scope: "worker 1", value: 40, note: note),
                Count("instructions", scope: "worker 1", value: 132, note: note),
                Count("time_enabled", scope: "worker 1", unit: "ns", value: 800),
                Count("time_running", scope: "worker 1", unit: "ns", value: 200),
            ])
        // A thread that slept has counted nothing, which is known.
        #expect(counts.contains(Count("cycles", scope: "worker 2", value: 0)))
    }

    @Test func groupThatNeverGotTheCountersHasNoCounts() throws {
        let source = ScriptedPerfEvents(
            refusals: Self.twoEvents,
            readings: [[0, 0, 0, 0], [500, 0, 0, 0]])
        let counts = try counts(of: "proc/self/task/100/comm = a", source)
        let cycles = try #require(counts.first { $0.name == "cycles" })
        #expect(cycles.value == nil)
        #expect(cycles.note?.contains("NMI watchdog") == true)
        #expect(counts.first { $0.name == "time_running" }?.value == 0)
    }

    @Test func answerThatIsCutShortIsNoAnswer() throws {
        let source = ScriptedPerfEvents(
            refusals: Self.twoEvents, readings: [[0, 0, 0, 0], [500, 500, 1]])
        let counts = try counts(of: "proc/self/task/100/comm = a", source)
        let cycles = try #require(counts.first { $0.name == "cycles" })
        #expect(cycles.value == nil)
        #expect(cycles.note == "the kernel gave no whole answer")
    }

    @Test(arguments: [
        (ENOENT, "2", "the CPU shows no such counter, as on most virtual machines"),
        (EOPNOTSUPP, "2", "the CPU shows no such counter, as on most virtual machines"),
        (EACCES, "3", "not permitted: kernel.perf_event_paranoid is 3"),
        (EPERM, "4", "not permitted: kernel.perf_event_paranoid is 4"),
        (EPERM, "2", "not permitted: a seccomp filter, as in containers, or no CAP_PERFMON"),
        (ENOSYS, "2", "this kernel has no perf_event_open, or a seccomp filter hides it"),
        (EINVAL, "2", "the CPU cannot count it, or not together with the others"),
        (EMFILE, "2", "too many open files: raise ulimit -n"),
    ])
    func refusalIsSaid(code: Int32, paranoid: String, reason: String) throws {
        let names = PerfEvent.processor.map(\.name)
        let source = ScriptedPerfEvents(
            refusals: Dictionary(uniqueKeysWithValues: names.map { ($0, code) }))
        let counts = try counts(
            of: "proc/sys/kernel/perf_event_paranoid = \(paranoid)", source)
        #expect(
            counts.filter { names.contains($0.name) }
                == names.map { Count($0, scope: "worker 0", value: nil, note: reason) })
    }

    @Test func whatTheSchedulerDoesNotTellHasAReason() throws {
        let counts = try counts(of: Self.machine, ScriptedPerfEvents(refusals: Self.twoEvents))
        for name in ["migrations", "run_delay", "steal_time"] {
            let count = try #require(counts.first { $0.name == name })
            #expect(count.value == nil)
            #expect(count.note != nil)
        }
        for name in ["elapsed", "user_time", "system_time", "minor_faults", "voluntary_switches"] {
            let count = try #require(counts.first { $0.name == name })
            #expect(count.value != nil && count.note == nil)
        }
    }

    @Test func frequencyComesFromTheClocks() throws {
        let source = ScriptedPerfEvents(
            refusals: Dictionary(
                uniqueKeysWithValues: PerfEvent.processor.map { ($0.name, ENOENT) }),
            readings: [
                // 2 s: 2.5 GHz of the time stamp counter, and 6 cycles for 5 nominal ones.
                [0, 0, 1_000, 600, 500],
                [2_000_000_000, 2_000_000_000, 5_000_001_000, 1_200_000_600, 1_000_000_500],
            ])
        let counts = try counts(
            of: """
                sys/bus/event_source/devices/msr/type = 9
                sys/bus/event_source/devices/msr/events/tsc = event=0x00
                sys/bus/event_source/devices/msr/events/aperf = event=0x01
                sys/bus/event_source/devices/msr/events/mperf = event=0x02
                """, source)
        #expect(source.opened.map(\.name) == ["tsc", "aperf", "mperf"])
        #expect(
            counts.filter { $0.name == "frequency" }
                == [Count("frequency", scope: "worker 0", unit: "Hz", value: 3e9)])
    }

    @Test func frequencyWithoutClocksComesFromAChainOfAdditions() throws {
        let counts = try counts(
            of: """
                sys/bus/event_source/devices/msr/type = 9
                sys/bus/event_source/devices/msr/events/tsc = event=0x00
                """, ScriptedPerfEvents())
        let frequency = try #require(counts.first { $0.name == "frequency" })
        #expect((0.1e9...9e9).contains(try #require(frequency.value)))
        #expect(frequency.note?.contains("devices/msr/events/aperf") == true)
    }

    @Test func clockWithoutANumberIsNotOpened() throws {
        let source = ScriptedPerfEvents(refusals: Self.twoEvents)
        let counts = try counts(
            of: """
                sys/bus/event_source/devices/msr/type = 9
                sys/bus/event_source/devices/msr/events/tsc = config=7
                """, source)
        #expect(!source.opened.contains { $0.name == "tsc" })
        let note = try #require(counts.first { $0.name == "frequency" }?.note)
        #expect(note.contains("holds 'config=7', not event=0x"))
    }

    /// The kernel's own events are there where the CPU's are not.
    @Test func groupsOfTheKernelAreRead() throws {
        let faults = PerfEvent("page_faults", type: 1, config: 2)
        let minor = PerfEvent("minor_faults", type: 1, config: 5)
        let kernel = KernelPerfEvents()
        guard let leader = try? kernel.open(faults, thread: 0, leader: nil) else {
            // A container forbids it.
            return
        }
        let member = try kernel.open(minor, thread: 0, leader: leader)
        defer {
            kernel.close(member)
            kernel.close(leader)
        }
        let before = try kernel.read(leader, limit: 5)
        let region = try MemoryRegion(byteCount: 256 * 4096, policy: .local, topology: .read())
        for page in 0..<256 {
            region.base.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self)
        }
        let after = try kernel.read(leader, limit: 5)
        #expect(after.count == 5 && after[0] == 2)
        #expect(after[1] > before[1])
        // 16 where pages are 64 KiB.
        #expect(after[3] - before[3] >= 16)
        #expect(after[4] - before[4] >= 16)
    }
}
