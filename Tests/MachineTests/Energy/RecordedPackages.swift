/// What machines of some packages have under `/sys/class/powercap`.
enum RecordedPackages {
    /// Two packages, the first about to begin anew, with parts of its own, and the whole machine.
    static let two = """
        sys/class/powercap/intel-rapl:0/name = package-0
        sys/class/powercap/intel-rapl:0/energy_uj = 262143000000
        sys/class/powercap/intel-rapl:0/max_energy_range_uj = 262143328850
        sys/class/powercap/intel-rapl:0:0/name = core
        sys/class/powercap/intel-rapl:0:0/energy_uj = 1000000
        sys/class/powercap/intel-rapl:0:1/name = dram
        sys/class/powercap/intel-rapl:0:1/energy_uj = 5000000
        sys/class/powercap/intel-rapl:1/name = package-1
        sys/class/powercap/intel-rapl:1/energy_uj = 10000000
        sys/class/powercap/intel-rapl:2/name = psys
        sys/class/powercap/intel-rapl:2/energy_uj = 1
        """
}
