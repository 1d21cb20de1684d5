import Foundation
import Machine
import RecordedMachines
import Testing

@Suite struct ResourceLimitsTests {
    private func limits(_ name: String, changes: String = "") throws -> ResourceLimits {
        let machine = try RecordedMachine(name, changes: changes)
        return try withExtendedLifetime(machine) { try ResourceLimits.current(root: machine.root) }
    }

    @Test func machineWithoutControlGroupsHasNoLimits() throws {
        let limits = try limits("two-sockets")
        #expect(limits.allowedCPUs.description == "0-7")
        #expect(limits.cpuQuota == nil)
        #expect(limits.memoryLimitBytes == nil)
        #expect(limits.memoryTotalBytes == 128 << 30)
        #expect(limits.memoryAvailableBytes == 120 << 30)
        #expect(limits.usableMemoryBytes == 120 << 30)
    }

    @Test func offlineCPUInTheMaskIsNotAllowed() throws {
        #expect(try limits("offline").allowedCPUs.ids == [0, 2, 3])
    }

    @Test func version2TakesTheTightestOfAllGroupsAbove() throws {
        let limits = try limits("cgroup-v2")
        #expect(limits.cpuQuota == 2.5)
        #expect(limits.cpusetCPUs?.ids == [0, 1, 2])
        #expect(limits.cpusetNodes?.ids == [0])
        #expect(limits.memoryLimitBytes == 2 << 30)
        // 2 GiB limit less 1 GiB in use, of which 256 MiB can be dropped
        #expect(limits.memoryHeadroomBytes == 1280 << 20)
        #expect(limits.usableMemoryBytes == 1280 << 20)
    }

    @Test func version2WithoutLimitsHasNone() throws {
        let limits = try limits(
            "cgroup-v2",
            changes: """
                sys/fs/cgroup/jobs/cpu.max = max 100000
                sys/fs/cgroup/jobs/bench/cpu.max = max 100000
                sys/fs/cgroup/jobs/bench/memory.max = max
                """)
        #expect(limits.cpuQuota == nil)
        #expect(limits.memoryLimitBytes == nil)
        #expect(limits.usableMemoryBytes == 8 << 30)
    }

    @Test func version1InAContainerTakesTheLimitsAtTheMount() throws {
        let limits = try limits("cgroup-v1")
        #expect(limits.allowedCPUs.ids == [1, 2])
        #expect(limits.cpusetCPUs?.ids == [1, 2])
        #expect(limits.cpusetNodes?.ids == [0])
        #expect(limits.cpuQuota == 0.5)
        #expect(limits.memoryLimitBytes == 1 << 30)
        // 1 GiB limit less 512 MiB in use, of which 128 MiB can be dropped
        #expect(limits.memoryHeadroomBytes == 640 << 20)
    }

    @Test func version1WithoutLimitsHasNone() throws {
        let limits = try limits(
            "cgroup-v1",
            changes: """
                sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us = -1
                sys/fs/cgroup/memory/memory.limit_in_bytes = 9223372036854771712
                """)
        #expect(limits.cpuQuota == nil)
        #expect(limits.memoryLimitBytes == nil)
    }

    @Test func exhaustedGroupHasNoHeadroomLeft() throws {
        let limits = try limits(
            "cgroup-v2", changes: "sys/fs/cgroup/jobs/bench/memory.current = 9000000000")
        #expect(limits.memoryHeadroomBytes == 0)
        #expect(limits.usableMemoryBytes == 0)
    }

    @Test func groupOutsideOfTheNamespaceCountsAsItsTop() throws {
        let limits = try limits(
            "cgroup-v2",
            changes: """
                proc/self/cgroup = 0::/../../elsewhere
                sys/fs/cgroup/cpu.max = 100000 100000
                """)
        #expect(limits.cpuQuota == 1)
        #expect(limits.memoryLimitBytes == nil)
    }

    @Test(arguments: [
        "sys/fs/cgroup/jobs/cpu.max = some", "sys/fs/cgroup/jobs/cpu.max = 1 0",
        "sys/fs/cgroup/jobs/memory.max = -5", "proc/thread-self/status = Cpus_allowed_list: x",
        "proc/self/cgroup = nonsense", "proc/meminfo = MemTotal: 5 kB",
    ])
    func malformedLimitIsAnError(change: String) {
        #expect(throws: MachineError.self) { try limits("cgroup-v2", changes: change) }
    }

    @Test func maskWithoutOnlineCPUIsAnError() {
        #expect(throws: MachineError.noAllowedCPUs) {
            try limits("offline", changes: "proc/thread-self/status = Cpus_allowed_list: 1")
        }
    }

    /// The live mask comes from a system call; the kernel also writes it into a file.
    @Test func thisThreadIsAllowedWhatItsStatusFileSays() throws {
        let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
        let words = status.split { $0.isWhitespace }
        let key = try #require(words.firstIndex(of: "Cpus_allowed_list:"))
        let listed = try CPUSet(parsing: String(words[key + 1]))
        let online = try Topology.read().onlineCPUs
        #expect(try ResourceLimits.current().allowedCPUs == listed.intersection(online))
    }
}
