import Foundation
import Machine
import RecordedMachines
import Testing

@Suite struct DisturbancesTests {
    /// Two threads of which one ends and another begins, on two CPUs of four.
    @Test func countersOfThreadsThatComeAndGoAreToldApart() throws {
        let machine = try RecordedMachine("disturbances")
        let meter = DisturbanceMeter(cpus: CPUSet([1, 2]), root: machine.root)
        try machine.apply(
            """
            proc/self/task/100/sched <<
            tokenmark-1 (100, #threads: 2)
            -------------------------------------------------------------------
            se.nr_migrations                             :                   12
            >>
            proc/self/task/100/schedstat = 9000000 2500000 40
            proc/self/task/102/sched = se.nr_migrations : 3
            proc/self/task/102/schedstat = 1000 400 2
            proc/stat <<
            cpu  900 0 100 9000 10 0 5 1096 0 0
            cpu0 200 0 25 2250 3 0 1 1000 0 0
            cpu1 200 0 25 2250 3 0 1 12 0 0
            cpu2 200 0 25 2250 2 0 1 23 0 0
            cpu3 300 0 25 2250 2 0 2 61 0 0
            >>
            """)
        try machine.remove("proc/self/task/101")
        let found = meter.difference()
        // 12 - 7 of thread 100, 3 of thread 102; what 101 did at last is not known.
        #expect(found.migrations == 8)
        #expect(found.runDelayNanoseconds == 500_000 + 400)
        // 2 and 3 ticks of 10 ms.
        #expect(found.stealNanoseconds == 50_000_000)
    }

    @Test func numberGivenToAnotherThreadCountsFromZero() throws {
        let machine = try RecordedMachine("disturbances")
        let meter = DisturbanceMeter(root: machine.root)
        try machine.apply("proc/self/task/101/schedstat = 10 70 1")
        #expect(meter.difference().runDelayNanoseconds == 70)
    }

    @Test func withoutACPUSetAllCPUsCount() throws {
        let machine = try RecordedMachine("disturbances")
        let meter = DisturbanceMeter(root: machine.root)
        try machine.apply(
            """
            proc/stat <<
            cpu  900 0 100 9000 10 0 5 1096 0 0
            cpu0 200 0 25 2250 3 0 1 1004 0 0
            cpu3 300 0 25 2250 2 0 2 61 0 0
            >>
            """)
        // 4 ticks of CPU 0 and 1 of CPU 3; the line of all together is not added.
        #expect(meter.difference().stealNanoseconds == 50_000_000)
    }

    @Test func whatTheKernelDoesNotTellIsMissing() throws {
        let machine = try RecordedMachine(record: "proc/stat = cpu0 1 2 3 4 5 6 7")
        let found = DisturbanceMeter(root: machine.root).difference()
        #expect(found.migrations == nil)
        #expect(found.runDelayNanoseconds == nil)
        #expect(found.stealNanoseconds == nil)
    }

    @Test(
        .enabled("one CPU: no place to move to") {
            try ResourceLimits.current().allowedCPUs.count > 1
        }
    )
    func threadThatIsMovedIsCounted() throws {
        let allowed = try ResourceLimits.current().allowedCPUs.ids
        let found = try onOwnThread {
            let meter = DisturbanceMeter()
            for index in 0..<4 {
                let seat = Placement.Seat(cpu: allowed[index % 2], node: nil)
                try WorkerPool(placement: Placement(seats: [seat])).shutdown()
            }
            return meter.difference()
        }
        // Pinned to one and the other in turn.
        if let migrations = found.migrations { #expect(migrations >= 3) }
        #expect(found.elapsedNanoseconds > 0)
    }

    @Test func faultsOfTheSpanAreCounted() throws {
        let region = try MemoryRegion(byteCount: 256 * 4096, policy: .local, topology: .read())
        let meter = DisturbanceMeter()
        for page in 0..<256 {
            region.base.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self)
        }
        // 16 where pages are 64 KiB.
        #expect(meter.difference().minorFaults >= 16)
    }

    @Test func keysAreThoseOfReports() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(
            Disturbances(
                involuntarySwitches: 1, migrations: 2, runDelayNanoseconds: 3,
                stealNanoseconds: 4, minorFaults: 5, majorFaults: 6, elapsedNanoseconds: 7))
        let text = """
            {"elapsed_ns":7,"involuntary_switches":1,"major_faults":6,"migrations":2,\
            "minor_faults":5,"run_delay_ns":3,"steal_ns":4}
            """
        #expect(String(decoding: data, as: UTF8.self) == text)
    }

    @Test func frequencyIsThatOfACore() {
        let hertz = FrequencyProbe.hertz()
        // A chain that were folded or that ran in parallel would show tens of gigahertz, one that
        // waited longer than a cycle a fraction of the clock of any server.
        #expect((0.3e9...8e9).contains(hertz), "\(hertz) Hz")
    }
}
