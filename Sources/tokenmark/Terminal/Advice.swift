internal import Machine

/// What to change on a machine before its numbers are believed, one line each with the command.
struct Advice {
    let lines: [String]

    init(_ machine: MachineDescription) {
        var lines: [String] = []
        if let governor = machine.governor, governor != "performance" {
            lines.append(
                "the governor is \(governor): cpupower frequency-set -g performance")
        }
        if machine.transparentHugePages == "never" {
            lines.append(
                "huge pages are off: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
        }
        if machine.numaBalancing == true {
            lines.append("pages may move between nodes: sysctl kernel.numa_balancing=0")
        }
        if let used = machine.swapUsedBytes, used > 0 {
            lines.append("\(used >> 20) MiB are swapped out: swapoff -a, if memory allows it")
        }
        if let source = machine.clockSource, source != "tsc" {
            lines.append(
                "the clock source is \(source), slower than tsc: boot with clocksource=tsc, if "
                    + "the CPU's is stable")
        }
        if let load = machine.loadAverages?.first, load > 0.5 {
            lines.append("others keep the machine busy (load \(load)): stop them, or wait")
        }
        if let quota = machine.limits?.cpuQuota, let cores = machine.cores,
            quota < Double(cores)
        {
            lines.append(
                "a control group grants \(quota) CPUs and throttles what exceeds it: use "
                    + "--threads \(max(1, Int(quota)))")
        }
        if let hypervisor = machine.hypervisor, hypervisor != "none" {
            lines.append(
                "this is a virtual machine (\(hypervisor)): neighbours take cores and bandwidth; "
                    + "compare only within one run")
        }
        self.lines = lines
    }
}
