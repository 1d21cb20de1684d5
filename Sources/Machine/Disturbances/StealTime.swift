import Glibc

/// Time for which a hypervisor ran others on CPUs that had work, as `/proc/stat` tells.
enum StealTime {
    /// The ticks stolen from each of these CPUs since boot (from all if nil); empty where the
    /// kernel does not tell.
    ///
    /// proc(5): `cpu0 user nice system idle iowait irq softirq steal …`.
    static func ticks(of cpus: CPUSet?, files: SystemFiles) -> [Int: Int] {
        var ticks: [Int: Int] = [:]
        for line in files.lines("proc/stat") ?? [] where line.hasPrefix("cpu") {
            let fields = line.split(separator: " ")
            guard fields.count > 8, let cpu = Int(fields[0].dropFirst(3)),
                cpus?.contains(cpu) ?? true, let count = Int(fields[8])
            else { continue }
            ticks[cpu] = count
        }
        return ticks
    }

    /// The part that was stolen of the time of all CPUs since boot, in percent; nil where the kernel
    /// does not tell.
    static func percentSinceBoot(files: SystemFiles) -> Double? {
        guard let line = files.lines("proc/stat")?.first, line.hasPrefix("cpu ") else { return nil }
        // Time of guests, the two last columns, is part of user and nice.
        let counts = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        let total = counts.reduce(0, +)
        guard counts.count == 8, total > 0 else { return nil }
        return (counts[7] / total * 1e4).rounded() / 100
    }

    /// How long so many ticks are.
    static func nanoseconds(ticks: Int) -> Int {
        ticks * (1_000_000_000 / Int(sysconf(Int32(_SC_CLK_TCK))))
    }
}
