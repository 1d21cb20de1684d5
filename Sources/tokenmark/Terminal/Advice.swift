internal import Machine

/// What to change on a machine before its numbers are believed.
struct Advice {
    /// A line each, with the command; those that spoil every number first.
    var lines: [String] { first + later }

    /// What spoils every number: the machine is not ready.
    private(set) var first: [String] = []
    /// What makes numbers better, or is to be known.
    private(set) var later: [String] = []

    init(_ machine: MachineDescription) {
        if let load = machine.loadAverages?.first, load > 0.5 {
            first.append("others keep the machine busy (load \(load)): stop them, or wait")
        }
        if let governor = machine.governor, governor != "performance" {
            first.append("the governor is \(governor): cpupower frequency-set -g performance")
        }
        if let line = Self.quota(machine) { first.append(line) }
        if let steal = machine.stealPercent, steal >= 1 {
            first.append(
                "the hypervisor took \(steal) % of the CPU time since boot: ask for dedicated cores, "
                    + "or another host")
        }
        if machine.transparentHugePages == "never" {
            first.append(
                "huge pages are off: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
        }
        if let used = machine.swapUsedBytes, used > 0 {
            first.append("\(used >> 20) MiB are swapped out: swapoff -a, if memory allows it")
        }
        if machine.turbo == true {
            let file =
                machine.cpuVendor == "GenuineIntel"
                ? "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"
                : "echo 0 > /sys/devices/system/cpu/cpufreq/boost"
            later.append("turbo lets the frequency follow heat and load: \(file)")
        }
        if machine.smtActive == true {
            later.append(
                "others may run on the second threads of your cores: echo off > "
                    + "/sys/devices/system/cpu/smt/control")
        }
        if machine.numaBalancing == true {
            later.append("pages may move between nodes: sysctl kernel.numa_balancing=0")
        }
        if let source = machine.clockSource, source != "tsc" {
            later.append(
                "the clock source is \(source), slower than tsc: boot with clocksource=tsc, if "
                    + "the CPU's is stable")
        }
        if let access = machine.perfEvents, !access.isReadable,
            access.reason?.contains("paranoid") == true
        {
            later.append("counters are not permitted: sysctl kernel.perf_event_paranoid=1")
        }
        if let access = machine.energyCounters, !access.isReadable,
            access.reason?.contains("permission") == true
        {
            later.append("energy is not permitted: chmod a+r /sys/class/powercap/*/energy_uj")
        }
        if let hypervisor = machine.hypervisor, hypervisor != "none" {
            later.append(
                "this is a virtual machine (\(hypervisor)): neighbours take cores and bandwidth; "
                    + "compare only within one run")
        }
    }

    /// A quota throttles who needs more: as many threads as cores, or even a single one.
    private static func quota(_ machine: MachineDescription) -> String? {
        guard let quota = machine.limits?.cpuQuota,
            let cores = machine.allowedCores ?? machine.cores, quota < Double(cores)
        else { return nil }
        if quota < 1 {
            return
                "a control group grants \(quota) CPUs, less than one thread needs, and throttles "
                + "every run: raise cpu.max (cgroup v2) or cpu.cfs_quota_us (v1)"
        }
        return "a control group grants \(quota) CPUs and throttles what exceeds it: use --threads "
            + "\(Int(quota)), as is the default, or raise cpu.max (cgroup v2) or "
            + "cpu.cfs_quota_us (v1)"
    }
}
