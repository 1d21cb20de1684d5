import Glibc
import Machine
import RecordedMachines
import Testing

@Suite struct EnergyTests {
    private func energy(
        _ record: String, tokens: Int? = nil, then change: (RecordedMachine) throws -> Void
    ) throws -> [Count] {
        let machine = try RecordedMachine(record: record)
        let refusals = Dictionary(
            uniqueKeysWithValues: PerfEvent.processor.map { ($0.name, ENOENT) })
        let meter = CounterMeter(
            cpus: nil, root: machine.root, source: ScriptedPerfEvents(refusals: refusals),
            caller: 100)
        meter.begin()
        try change(machine)
        return meter.end(tokens: tokens).filter { $0.name.hasPrefix("energy") }
    }

    @Test func counterThatBeganAnewIsCarriedOver() throws {
        let counts = try energy(RecordedPackages.two, tokens: 8) { machine in
            try machine.apply(
                """
                sys/class/powercap/intel-rapl:0/energy_uj = 1671150
                sys/class/powercap/intel-rapl:0:0/energy_uj = 2500000
                sys/class/powercap/intel-rapl:0:1/energy_uj = 6000000
                sys/class/powercap/intel-rapl:1/energy_uj = 13000000
                sys/class/powercap/intel-rapl:2/energy_uj = 9000001
                """)
        }
        func count(_ scope: String, _ joules: Double) -> Count {
            Count("energy", scope: scope, unit: "J", value: joules)
        }
        #expect(
            counts == [
                // 0.32885 J up to the range, and 1.67115 J after it.
                count("package-0", 2), count("package-0/core", 1.5), count("package-0/dram", 1),
                count("package-1", 3), count("psys", 9),
                // Packages and memory: cores are in their package, and all of them in psys.
                count("machine", 6),
                Count("energy_per_token", scope: "machine", unit: "J/token", value: 0.75),
            ])
    }

    @Test func counterThatWentBackWithoutARangeIsUnknown() throws {
        let counts = try energy(RecordedPackages.two, tokens: 8) { machine in
            try machine.apply("sys/class/powercap/intel-rapl:1/energy_uj = 9")
        }
        let package = try #require(counts.first { $0.scope == "package-1" })
        #expect(package.value == nil)
        #expect(package.note == "the counter went back, and its range is not known")
        // And then nothing is known of all together.
        for total in counts.suffix(2) {
            #expect(total.scope == "machine" && total.value == nil && total.note != nil)
        }
    }

    @Test func counterThatCannotBeReadSaysWhichFile() throws {
        let counts = try energy(RecordedPackages.two) { machine in
            try machine.remove("sys/class/powercap/intel-rapl:0:1/energy_uj")
        }
        let memory = try #require(counts.first { $0.scope == "package-0/dram" })
        #expect(memory.value == nil)
        #expect(memory.note?.hasPrefix("no such file: ") == true)
        #expect(memory.note?.hasSuffix("sys/class/powercap/intel-rapl:0:1/energy_uj") == true)
        #expect(counts.last?.value == nil)
    }

    @Test func counterThatHoldsNoNumberIsUnknown() throws {
        let counts = try energy("sys/class/powercap/intel-rapl:0/energy_uj = many") { _ in }
        #expect(counts.first?.scope == "intel-rapl:0")
        #expect(counts.first?.value == nil)
        #expect(counts.first?.note?.hasSuffix("holds no number") == true)
    }

    @Test func socketsOfAMDsDriverAreRead() throws {
        let counts = try energy(
            """
            sys/class/hwmon/hwmon0/name = nvme
            sys/class/hwmon/hwmon1/name = amd_energy
            sys/class/hwmon/hwmon1/energy1_label = Ecore000
            sys/class/hwmon/hwmon1/energy1_input = 5
            sys/class/hwmon/hwmon1/energy2_label = Esocket0
            sys/class/hwmon/hwmon1/energy2_input = 1000000
            """
        ) { machine in
            try machine.apply("sys/class/hwmon/hwmon1/energy2_input = 3500000")
        }
        #expect(
            counts == [
                Count("energy", scope: "Esocket0", unit: "J", value: 2.5),
                Count("energy", scope: "machine", unit: "J", value: 2.5),
            ])
    }

    @Test func machineWithoutCountersSaysSo() throws {
        let counts = try energy("unrelated = file", tokens: 8) { _ in }
        #expect(counts.count == 1)
        #expect(counts[0].value == nil)
        #expect(counts[0].note?.hasSuffix("sys/class/powercap has none") == true)
    }
}
