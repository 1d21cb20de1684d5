/// The limits that control groups put on this process, of version 2 and of version 1.
///
/// A limit of any group above binds too, so each one is the tightest on the way up to the mount.
/// Files: the kernel's `Documentation/admin-guide/cgroup-v2.rst` and `cgroup-v1/memory.rst`.
struct ControlGroup {
    /// CPU time per wall time, in CPUs; nil if it is not limited.
    let cpuQuota: Double?
    /// The tightest memory limit; nil if there is none.
    let memoryLimitBytes: Int?
    /// What may still be allocated below the tightest limit; nil if there is none.
    let memoryHeadroomBytes: Int?
    /// The CPUs and memory nodes that a cpuset leaves; nil if there is none.
    let cpusetCPUs: CPUSet?
    let cpusetNodes: CPUSet?

    /// Reads the limits of this process.
    init(files: SystemFiles) throws(MachineError) {
        var quotas: [Double] = []
        var limits: [Int] = []
        var headrooms: [Int] = []
        for group in try Self.groups(controller: "cpu", files: files) {
            if let quota = try Self.cpuQuota(of: group, files: files) { quotas.append(quota) }
        }
        for group in try Self.groups(controller: "memory", files: files) {
            guard let limit = try Self.memoryLimit(of: group, files: files) else { continue }
            limits.append(limit)
            headrooms.append(max(0, limit - Self.memoryInUse(of: group, files: files)))
        }
        var cpus: CPUSet?
        var nodes: CPUSet?
        // What is in force has been cut by the groups above already.
        for group in try Self.groups(controller: "cpuset", files: files) {
            if cpus == nil { cpus = try Self.cpuset("cpus", of: group, files: files) }
            if nodes == nil { nodes = try Self.cpuset("mems", of: group, files: files) }
        }
        cpusetCPUs = cpus
        cpusetNodes = nodes
        cpuQuota = quotas.min()
        memoryLimitBytes = limits.min()
        memoryHeadroomBytes = headrooms.min()
    }

    /// A directory of the control group file system.
    private struct Directory {
        let path: String
        let isUnified: Bool
    }

    /// A mounted hierarchy.
    private struct Mount {
        /// The group that lies at the mount point.
        let group: String
        let point: String
    }

    /// The groups that can limit `controller`, from the process's own upwards.
    private static func groups(
        controller: String, files: SystemFiles
    ) throws(MachineError) -> [Directory] {
        var directories: [Directory] = []
        for line in files.lines("proc/self/cgroup") ?? [] {
            // 4:memory:/group in version 1, 0::/group in version 2
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else {
                throw .malformed(
                    path: files.absolute("proc/self/cgroup"), text: String(line),
                    expected: "hierarchy:controllers:group")
            }
            let controllers = fields[1].split(separator: ",")
            let isUnified = controllers.isEmpty
            guard isUnified || controllers.contains(controller[...]),
                let mount = mount(of: isUnified ? nil : controller, files: files)
            else { continue }
            for path in ancestry(of: String(fields[2]), in: mount) {
                directories.append(Directory(path: path, isUnified: isUnified))
            }
        }
        return directories
    }

    /// Where the hierarchy of `controller` is mounted, of version 2 if nil.
    private static func mount(of controller: String?, files: SystemFiles) -> Mount? {
        for line in files.lines("proc/self/mountinfo") ?? [] {
            // 36 35 98:0 /group /mount/point options [optional fields] - type source options
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else {
                continue
            }
            let options = fields[dash + 3].split(separator: ",")
            let matches =
                if let controller {
                    fields[dash + 1] == "cgroup" && options.contains(controller[...])
                } else {
                    fields[dash + 1] == "cgroup2"
                }
            if matches {
                return Mount(group: String(fields[3]), point: String(fields[4].dropFirst()))
            }
        }
        return nil
    }

    /// The directories from `group` up to the mount point.
    private static func ancestry(of group: String, in mount: Mount) -> [String] {
        // In a container, the mount shows the container's own group as its top.
        let top = mount.group.split(separator: "/")
        var names = group.split(separator: "/")
        // A group outside of the mount (in a namespace: /../other) cannot be seen; its top can.
        names = names.starts(with: top) ? Array(names.dropFirst(top.count)) : []
        if names.contains("..") { names = [] }
        var paths: [String] = []
        while true {
            paths.append(([mount.point[...]] + names).joined(separator: "/"))
            if names.popLast() == nil { return paths }
        }
    }

    private static func cpuQuota(
        of group: Directory, files: SystemFiles
    ) throws(MachineError) -> Double? {
        if group.isUnified {
            guard let text = files.text("\(group.path)/cpu.max") else { return nil }
            let words = text.split(separator: " ")
            guard words.first != "max" else { return nil }
            guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]),
                quota > 0, period > 0
            else {
                throw .malformed(
                    path: files.absolute("\(group.path)/cpu.max"), text: text,
                    expected: "quota and period in microseconds")
            }
            return Double(quota) / Double(period)
        }
        // -1 means no limit
        guard let quota = files.integer("\(group.path)/cpu.cfs_quota_us"), quota > 0,
            let period = files.integer("\(group.path)/cpu.cfs_period_us"), period > 0
        else { return nil }
        return Double(quota) / Double(period)
    }

    private static func cpuset(
        _ what: String, of group: Directory, files: SystemFiles
    ) throws(MachineError) -> CPUSet? {
        let name = group.isUnified ? "cpuset.\(what).effective" : "cpuset.effective_\(what)"
        let set = try files.cpuSet("\(group.path)/\(name)")
        return set.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func memoryLimit(
        of group: Directory, files: SystemFiles
    ) throws(MachineError) -> Int? {
        let path = group.path + (group.isUnified ? "/memory.max" : "/memory.limit_in_bytes")
        guard let text = files.text(path), text != "max" else { return nil }
        guard let limit = Int(text), limit >= 0 else {
            throw .malformed(
                path: files.absolute(path), text: text, expected: "a number of bytes or max")
        }
        // Version 1 writes "no limit" as the largest multiple of the page size, at most 64 KiB.
        return limit >= Int.max - 65535 ? nil : limit
    }

    /// The memory of a group that cannot be had back by dropping clean file pages.
    private static func memoryInUse(of group: Directory, files: SystemFiles) -> Int {
        let usage = group.isUnified ? "memory.current" : "memory.usage_in_bytes"
        let cache = group.isUnified ? "inactive_file" : "total_inactive_file"
        let used = files.integer("\(group.path)/\(usage)") ?? 0
        for line in files.lines("\(group.path)/memory.stat") ?? [] {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == cache, let droppable = Int(words[1]) {
                return max(0, used - max(0, droppable))
            }
        }
        return max(0, used)
    }
}
