/// What can be wrong with the machine, or with what was asked of it.
///
/// Each description is one line that names the value, where it was and the remedy.
package enum MachineError: Error, Equatable, CustomStringConvertible {
    case invalidCPUList(text: String, reason: String)
    case cpusNotAllowed(asked: CPUSet, allowed: CPUSet)
    case noAllowedCPUs
    case threadCountNotPositive(Int)
    case moreThreadsThanAllowed(threads: Int, allowed: CPUSet)
    case moreThreadsThanCPUs(threads: Int, cpus: CPUSet)
    case moreRanksThanCPUs(ranks: Int, threads: Int, cpus: CPUSet)
    case invalidMemoryPolicy(text: String)
    case unknownNodes(asked: [Int], known: [Int])
    case memoryPolicyRefused(policy: MemoryPolicy, error: ErrorNumber)
    case invalidRegionSize(Int)
    case memoryRefused(byteCount: Int, error: ErrorNumber)
    case placementUnknown(error: ErrorNumber)
    case unreadable(path: String, expected: String)
    case malformed(path: String, text: String, expected: String)
    case threadNotStarted(index: Int, error: ErrorNumber)
    case fileNotOpened(path: String, error: ErrorNumber)
    case linkLeadsNowhere(path: String)
    case fileNotRegular(path: String)
    case fileEmpty(path: String)
    case fileNotWritten(path: String, error: ErrorNumber)
    case outputUnfinished(path: String)

    package var description: String {
        switch self {
        case .invalidCPUList(let text, let reason):
            "CPU list '\(text)': \(reason); write CPUs and ranges as in 0-3,8"
        case .cpusNotAllowed(let asked, let allowed):
            "CPU \(asked.subtracting(allowed)) is not available to this process, which may run on "
                + "\(allowed); choose from these, or widen the affinity mask (taskset, cpuset)"
        case .noAllowedCPUs:
            "none of the CPUs this process may run on is online; widen the affinity mask "
                + "(taskset, cpuset)"
        case .threadCountNotPositive(let threads):
            "\(threads) threads asked for; ask for at least 1"
        case .moreThreadsThanAllowed(let threads, let allowed):
            "\(threads) threads asked for, but this process may run on \(allowed.count) CPUs "
                + "(\(allowed)); ask for at most \(allowed.count), or widen the affinity mask "
                + "(taskset, cpuset)"
        case .moreThreadsThanCPUs(let threads, let cpus):
            "\(threads) threads asked for on \(cpus.count) CPUs (\(cpus)); name \(threads) CPUs, "
                + "or ask for at most \(cpus.count) threads"
        case .moreRanksThanCPUs(let ranks, let threads, let cpus):
            "\(ranks) ranks of \(threads) thread\(threads == 1 ? "" : "s") have no cores of their own "
                + "on \(cpus.count) CPUs (\(cpus)); ask for fewer, or let them share: --oversubscribe"
        case .invalidMemoryPolicy(let text):
            "memory policy '\(text)' is not one of local, interleave, replicate, bind:0,1"
        case .unknownNodes(let asked, let known):
            "memory policy bind names NUMA node \(listed(asked)), but memory is on node "
                + "\(listed(known)); choose from these"
        case .memoryPolicyRefused(let policy, let error):
            "memory policy \(policy): mbind: \(error); use local, or allow mbind in this "
                + "container (CAP_SYS_NICE, cpuset.mems)"
        case .invalidRegionSize(let byteCount):
            "memory region of \(byteCount) bytes; ask for 1 to 2^62 bytes"
        case .memoryRefused(let byteCount, let error):
            "memory region of \(byteCount) bytes: \(error); free memory, or raise the limit "
                + "(ulimit -v, vm.overcommit_memory)"
        case .placementUnknown(let error):
            "on which node pages lie is not known: move_pages: \(error); allow the call in this "
                + "container (CAP_SYS_NICE)"
        case .unreadable(let path, let expected):
            "\(path) cannot be read (\(expected)); mount it, or check its permissions"
        case .malformed(let path, let text, let expected):
            "\(path) holds '\(text)', expected \(expected); report this kernel and machine"
        case .threadNotStarted(let index, let error):
            "worker thread \(index) cannot be started: \(error); use fewer threads, or raise the "
                + "limit (ulimit -u, pids.max)"
        case .fileNotOpened(let path, let error):
            "\(path): \(error); check the path and its permissions"
        case .linkLeadsNowhere(let path):
            "the link \(path) leads to a file that is not there: a model's folder was copied without "
                + "its blobs, or its download was cut off; download it again"
        case .fileNotRegular(let path):
            "\(path) is not a regular file; name a file, not a directory or device"
        case .fileNotWritten(let path, let error):
            "\(path) cannot be written: \(error); free space, or choose another path"
        case .outputUnfinished(let path):
            "\(path) is what a run that was ended has left, or what another one is writing; remove "
                + "it, or choose another path"
        case .fileEmpty(let path):
            "\(path) is empty; check that it was written or downloaded completely"
        }
    }

    private func listed(_ numbers: [Int]) -> String {
        numbers.map(String.init).joined(separator: ",")
    }
}
