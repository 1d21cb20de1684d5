import Foundation
import Machine
import RecordedMachines
import Testing

@testable import tokenmark

/// What `doctor` says of recorded machines, word for word.
@Suite struct MachineTextTests {
    private func text(_ name: String) throws -> [String] {
        let recorded = try RecordedMachine(name)
        let machine = MachineDescription.read(root: recorded.root)
        let sets = [("scalar", nil), ("amx", "the CPU lacks it")] as [(String, String?)]
        let lines = MachineText(machine, instructionSets: sets).lines + Advice(machine).lines
        let key = try #require(machine.comparabilityKey)
        return lines.map {
            $0.replacingOccurrences(of: recorded.root, with: "")
                .replacingOccurrences(of: machine.architecture, with: "ARCH")
                .replacingOccurrences(of: key, with: "KEY")
        }
    }

    @Test func fourNodesOfTwoSockets() throws {
        #expect(
            try text("snc") == [
                "CPU: Intel(R) Xeon(R) Platinum 8480+ (ARCH), microcode 0x2b000603",
                "cores: 8 in 2 sockets, 16 threads, SMT on",
                "caches: unknown",
                "NUMA nodes: 4, automatic balancing off, distances 10 12 21 21 / 12 10 21 21 / "
                    + "21 21 10 12 / 21 21 12 10",
                "memory: 240.0 GiB of 256.0 GiB available, swap in use 0.0 GiB",
                "memory modules: 8 × 32768 MiB, channels 8",
                "allowed CPUs: 0-15 on 8 cores, cpuset none, CPU quota none, memory limit none",
                "governor: performance, turbo on",
                "transparent huge pages: madvise, set aside: 60 of 64 free",
                "clock: tsc",
                "kernel: 6.8.0-45-generic, hypervisor none",
                "load: 0.1 0.2 0.3, stolen since boot 0.0 %",
                "instruction sets: scalar",
                "  not amx: the CPU lacks it",
                "CPU counters (perf events): unknown",
                "energy counters: readable",
                "comparability key: KEY",
                "turbo lets the frequency follow heat and load: "
                    + "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo",
                "others may run on the second threads of your cores: "
                    + "echo off > /sys/devices/system/cpu/smt/control",
            ])
    }

    @Test func twoSockets() throws {
        #expect(
            try text("two-sockets") == [
                "CPU: Intel(R) Xeon(R) Gold 6426Y (ARCH), microcode 0x2b000461",
                "cores: 8 in 2 sockets, 8 threads, SMT off",
                "caches: L1 data 32 KiB × 8, L1 instruction 64 KiB × 8, L3 unified 16384 KiB × 2",
                "NUMA nodes: 2, automatic balancing on, distances 10 21 / 21 10",
                "memory: 120.0 GiB of 128.0 GiB available, swap in use 0.0 GiB",
                "memory modules: unknown (/sys/firmware/dmi/entries does not exist, and no driver "
                    + "of error detection (EDAC) is loaded)",
                "allowed CPUs: 0-7 on 8 cores, cpuset none, CPU quota none, memory limit none",
                "governor: performance,powersave, turbo off",
                "transparent huge pages: madvise, set aside: unknown of unknown free",
                "clock: tsc",
                "kernel: 6.8.0-45-generic, hypervisor none",
                "load: 0.52 1.25 8.0, stolen since boot unknown",
                "instruction sets: scalar",
                "  not amx: the CPU lacks it",
                "CPU counters (perf events): unknown",
                "energy counters: not readable: /sys/class/powercap has none",
                "comparability key: KEY",
                "others keep the machine busy (load 0.52): stop them, or wait",
                "the governor is performance,powersave: cpupower frequency-set -g performance",
                "1 MiB are swapped out: swapoff -a, if memory allows it",
                "pages may move between nodes: sysctl kernel.numa_balancing=0",
            ])
    }

    @Test func threadsThatShareCores() throws {
        let lines = try text("smt")
        #expect(lines.contains("cores: 4 in 1 sockets, 8 threads, SMT on"))
        #expect(lines.contains("NUMA nodes: 1, automatic balancing unknown"))
        #expect(
            lines.contains(
                "allowed CPUs: 0-7 on 4 cores, cpuset none, CPU quota none, memory limit none"))
        #expect(
            lines.suffix(2) == [
                "turbo lets the frequency follow heat and load: "
                    + "echo 0 > /sys/devices/system/cpu/cpufreq/boost",
                "others may run on the second threads of your cores: "
                    + "echo off > /sys/devices/system/cpu/smt/control",
            ])
    }

    @Test func controlGroupOfVersion1() throws {
        let lines = try text("cgroup-v1")
        #expect(
            lines.contains(
                "allowed CPUs: 1-2 on 2 cores, cpuset 1-2, CPU quota 0.5, memory limit 1.0 GiB"))
        #expect(
            lines.last == "a control group grants 0.5 CPUs, less than one thread needs, and "
                + "throttles every run: raise cpu.max (cgroup v2) or cpu.cfs_quota_us (v1)")
    }

    @Test func controlGroupOfVersion2() throws {
        let lines = try text("cgroup-v2")
        #expect(
            lines.contains(
                "allowed CPUs: 0-2 on 3 cores, cpuset 0-2, CPU quota 2.5, memory limit 2.0 GiB"))
        #expect(
            lines.last == "a control group grants 2.5 CPUs and throttles what exceeds it: use "
                + "--threads 2, as is the default, or raise cpu.max (cgroup v2) or "
                + "cpu.cfs_quota_us (v1)")
    }
}
