/// How many processes of our control group the kernel has ended for want of memory.
enum OOMKills {
    /// nil without version 2 of control groups.
    static func count() -> Int? {
        guard
            let group = KernelText.of("/proc/self/cgroup")?.split(separator: "\n")
                .first(where: { $0.hasPrefix("0::") })?.dropFirst(3)
        else { return nil }
        let path = "/sys/fs/cgroup\(group == "/" ? "" : group)/memory.events"
        return KernelText.of(path)?.split(separator: "\n")
            .first { $0.hasPrefix("oom_kill ") }
            .flatMap { Int($0.dropFirst("oom_kill ".count)) }
    }
}
