import Glibc

/// How many processes of our control group the kernel has ended for want of memory.
enum OOMKills {
    /// nil without version 2 of control groups.
    static func count() -> Int? {
        guard
            let group = text("/proc/self/cgroup")?.split(separator: "\n")
                .first(where: { $0.hasPrefix("0::") })?.dropFirst(3)
        else { return nil }
        let path = "/sys/fs/cgroup\(group == "/" ? "" : group)/memory.events"
        return text(path)?.split(separator: "\n")
            .first { $0.hasPrefix("oom_kill ") }
            .flatMap { Int($0.dropFirst("oom_kill ".count)) }
    }

    private static func text(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
