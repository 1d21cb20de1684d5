import Glibc
import Machine
import RecordedMachines
import Testing

@Suite struct EnergyCountersTests {
    /// The packages once more, by the way of memory.
    private static let twoPackages = """
        \(RecordedPackages.two)
        sys/class/powercap/intel-rapl-mmio:0/name = package-0
        sys/class/powercap/intel-rapl-mmio:0/energy_uj = 7
        """
    private static let file = "sys/class/powercap/intel-rapl:0/energy_uj"

    private func onePackage(_ microjoules: String, range: String? = nil) -> String {
        "\(Self.file) = \(microjoules)\n"
            + (range.map {
                "sys/class/powercap/intel-rapl:0/max_energy_range_uj = \($0)\n"
            } ?? "")
    }

    @Test func everyPackageCountsOnceAndBeyondItsRange() throws {
        let machine = try RecordedMachine(record: Self.twoPackages)
        let counters = try EnergyCounters(root: machine.root)
        #expect(counters.unknown == nil)
        let before = counters.mark()
        try machine.apply(
            """
            sys/class/powercap/intel-rapl:0/energy_uj = 1671150
            sys/class/powercap/intel-rapl:0:0/energy_uj = 2500000
            sys/class/powercap/intel-rapl:0:1/energy_uj = 6000000
            sys/class/powercap/intel-rapl:1/energy_uj = 13000000
            sys/class/powercap/intel-rapl:2/energy_uj = 9000001
            sys/class/powercap/intel-rapl-mmio:0/energy_uj = 1000007
            """)
        // 0.32885 J up to the range and 1.67115 J after it, and 3 J of the other package.
        #expect(counters.energy(from: before, to: counters.mark()) == .joules(5))
        #expect(counters.energy(from: before, to: before) == .joules(0))
    }

    @Test func marksInBetweenCarryACounterOverTwice() throws {
        let machine = try RecordedMachine(record: onePackage("900", range: "1000"))
        let counters = try EnergyCounters(root: machine.root)
        let before = counters.mark()
        try machine.apply(onePackage("100"))
        let between = counters.mark()
        try machine.apply(onePackage("50"))
        let after = counters.mark()
        #expect(counters.energy(from: before, to: between) == .joules(200 / 1e6))
        #expect(counters.energy(from: between, to: after) == .joules(950 / 1e6))
        #expect(counters.energy(from: before, to: after) == .joules(1150 / 1e6))
    }

    @Test func counterThatWentBackWithoutARangeLosesItsWindowAlone() throws {
        let machine = try RecordedMachine(record: onePackage("900"))
        let counters = try EnergyCounters(root: machine.root)
        let before = counters.mark()
        try machine.apply(onePackage("100"))
        let between = counters.mark()
        try machine.apply(onePackage("350"))
        let after = counters.mark()
        let path = "\(machine.root)/\(Self.file)"
        #expect(counters.energy(from: before, to: between) == .unknown(.wentBack(path: path)))
        #expect(counters.energy(from: before, to: after) == .unknown(.wentBack(path: path)))
        #expect(counters.energy(from: between, to: after) == .joules(250 / 1e6))
    }

    @Test func counterAboveItsRangeIsNotCarriedOver() throws {
        let machine = try RecordedMachine(record: onePackage("900", range: "800"))
        let counters = try EnergyCounters(root: machine.root)
        let before = counters.mark()
        try machine.apply(onePackage("100"))
        #expect(counters.energy(from: before, to: counters.mark()).joules == nil)
    }

    @Test func fileThatIsGoneOrHoldsNoNumberIsNamed() throws {
        let machine = try RecordedMachine(record: onePackage("900"))
        let path = "\(machine.root)/\(Self.file)"
        let counters = try EnergyCounters(root: machine.root)
        let before = counters.mark()
        try machine.apply(onePackage("-5"))
        #expect(counters.unknown == .notANumber(path: path))
        #expect(
            counters.energy(from: before, to: counters.mark())
                == .unknown(.notANumber(path: path)))
        try machine.remove(Self.file)
        #expect(counters.unknown == .missing(path: path))
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func fileThatMayNotBeReadSaysHowToAllowIt() throws {
        let machine = try RecordedMachine(record: onePackage("900"))
        let path = "\(machine.root)/\(Self.file)"
        #expect(chmod(path, 0) == 0)
        #expect(try EnergyCounters(root: machine.root).unknown == .notPermitted(path: path))
    }

    @Test(arguments: ["unrelated = file", "sys/class/powercap/intel-rapl:0/name = psys"])
    func machineWithoutPackagesSaysSo(record: String) throws {
        let machine = try RecordedMachine(record: record)
        let counters = try EnergyCounters(root: machine.root)
        let reason = EnergyUnknown.noCounters(directory: "\(machine.root)/sys/class/powercap")
        #expect(counters.energy(from: counters.mark(), to: counters.mark()) == .unknown(reason))
    }

    @Test func reasonsNameTheFileAndTheRemedy() {
        #expect(
            EnergyUnknown.notPermitted(path: "/sys/x").description
                == "no permission to read /sys/x; allow it (chmod a+r), or give a --power-command")
        #expect(
            EnergyUnknown.timedOut(command: "ipmi", seconds: 5).description
                == "power command 'ipmi' did not end within 5.0 s; make it print once and end")
    }
}
