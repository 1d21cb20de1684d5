/// Reads a `Topology` from sysfs.
///
/// The files are described in the kernel's `Documentation/ABI/stable/sysfs-devices-system-cpu`,
/// `sysfs-devices-node` and `Documentation/admin-guide/cputopology.rst`.
struct TopologyReader {
    let files: SystemFiles

    private let cpuDirectory = "sys/devices/system/cpu"
    private let nodeDirectory = "sys/devices/system/node"

    init(files: SystemFiles) {
        self.files = files
    }

    func read() throws(MachineError) -> Topology {
        let online = try onlineCPUs()
        let nodes = try readNodes(online: online)
        var cpus: [LogicalCPU] = []
        var caches: [CPUCache] = []
        for id in online.ids {
            cpus.append(try readCPU(id, online: online, nodes: nodes))
            for cache in try readCaches(of: id, online: online) where !caches.contains(cache) {
                caches.append(cache)
            }
        }
        caches.sort { ($0.level, $0.kind.rawValue) < ($1.level, $1.kind.rawValue) }
        return Topology(cpus: cpus, nodes: nodes, caches: caches)
    }

    private func onlineCPUs() throws(MachineError) -> CPUSet {
        if let online = try files.cpuSet("\(cpuDirectory)/online"), !online.isEmpty {
            return online
        }
        // Kernels without CPU hotplug in a container have the directories but not the list.
        let ids = files.numbers(in: cpuDirectory, prefix: "cpu").filter { $0 < CPUSet.limit }
        guard !ids.isEmpty else {
            throw .unreadable(
                path: files.absolute("\(cpuDirectory)/online"), expected: "the online CPUs")
        }
        return CPUSet(ids)
    }

    private func readCPU(
        _ id: Int, online: CPUSet, nodes: [NUMANode]
    ) throws(MachineError) -> LogicalCPU {
        guard let node = nodes.first(where: { $0.cpus.contains(id) }) else {
            throw .malformed(
                path: files.absolute("\(nodeDirectory)/node*/cpulist"),
                text: nodes.map(\.cpus.description).joined(separator: " "),
                expected: "CPU \(id) on one of the nodes")
        }
        let topology = "\(cpuDirectory)/cpu\(id)/topology"
        let siblings = try files.cpuSet("\(topology)/thread_siblings_list")?.intersection(online)
        // -1 is the kernel's "unknown" for both numbers.
        return LogicalCPU(
            id: id,
            core: max(0, try number("\(topology)/core_id") ?? id),
            package: max(0, try number("\(topology)/physical_package_id") ?? 0),
            node: node.id,
            siblings: siblings.flatMap { $0.contains(id) ? $0 : nil } ?? CPUSet([id]))
    }

    private func readNodes(online: CPUSet) throws(MachineError) -> [NUMANode] {
        var ids = files.numbers(in: nodeDirectory, prefix: "node")
        // The rows of distances have a column for each online node only.
        if let listed = try files.cpuSet("\(nodeDirectory)/online") {
            ids = ids.filter(listed.contains)
        }
        guard !ids.isEmpty else {
            let memory = files.kibibytes(of: "MemTotal", in: "proc/meminfo")
            return [NUMANode(id: 0, cpus: online, memoryBytes: memory, distances: [10])]
        }
        var nodes: [NUMANode] = []
        for id in ids {
            let directory = "\(nodeDirectory)/node\(id)"
            guard let cpus = try files.cpuSet("\(directory)/cpulist") else {
                throw .unreadable(
                    path: files.absolute("\(directory)/cpulist"), expected: "the node's CPUs")
            }
            let memory = files.kibibytes(of: "Node \(id) MemTotal", in: "\(directory)/meminfo")
            nodes.append(
                NUMANode(
                    id: id, cpus: cpus.intersection(online), memoryBytes: memory,
                    distances: try distances("\(directory)/distance", nodeCount: ids.count)))
        }
        return nodes
    }

    private func distances(_ path: String, nodeCount: Int) throws(MachineError) -> [Int] {
        guard let text = files.text(path) else {
            throw .unreadable(path: files.absolute(path), expected: "distances between nodes")
        }
        let distances = text.split(separator: " ").compactMap { Int($0) }
        guard distances.count == nodeCount else {
            throw .malformed(
                path: files.absolute(path), text: text, expected: "\(nodeCount) distances")
        }
        return distances
    }

    private func readCaches(of id: Int, online: CPUSet) throws(MachineError) -> [CPUCache] {
        let directory = "\(cpuDirectory)/cpu\(id)/cache"
        var caches: [CPUCache] = []
        for index in files.numbers(in: directory, prefix: "index") {
            let path = "\(directory)/index\(index)"
            // Virtual machines may list a cache without its size; it then tells nothing.
            guard let level = try number("\(path)/level"),
                let kind = try kind("\(path)/type"),
                let byteCount = try byteCount("\(path)/size")
            else { continue }
            let shared = try files.cpuSet("\(path)/shared_cpu_list")?.intersection(online)
            caches.append(
                CPUCache(
                    level: level, kind: kind, byteCount: byteCount, cpus: shared ?? CPUSet([id])))
        }
        return caches
    }

    /// The number in a file; nil if there is no such file.
    private func number(_ path: String) throws(MachineError) -> Int? {
        guard let text = files.text(path) else { return nil }
        guard let number = Int(text) else {
            throw .malformed(path: files.absolute(path), text: text, expected: "a number")
        }
        return number
    }

    /// The bytes in a file that holds kibibytes or mebibytes as in `32K`; nil if there is no file.
    private func byteCount(_ path: String) throws(MachineError) -> Int? {
        guard let text = files.text(path) else { return nil }
        let unit: Int? =
            switch text.last {
            case "K": 1 << 10
            case "M": 1 << 20
            default: nil
            }
        if let unit, let count = UInt32(text.dropLast()) {
            return Int(count) * unit
        }
        throw .malformed(path: files.absolute(path), text: text, expected: "a size such as 32K")
    }

    private func kind(_ path: String) throws(MachineError) -> CPUCache.Kind? {
        switch files.text(path) {
        case nil: nil
        case "Data": .data
        case "Instruction": .instruction
        case "Unified": .unified
        case let text?:
            throw .malformed(
                path: files.absolute(path), text: text, expected: "Data, Instruction or Unified")
        }
    }
}
