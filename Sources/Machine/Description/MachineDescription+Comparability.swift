import Basics

extension MachineDescription {
    /// What does not change from hour to hour and decides how fast the machine is, as name and
    /// value.
    ///
    /// Memory counts in GiB: what the kernel keeps for itself differs from boot to boot.
    package var stableFacts: [(name: String, value: String)] {
        func text(_ value: (some CustomStringConvertible)?) -> String {
            value.map { "\($0)" } ?? "unknown"
        }
        let nodes = nodes?.map { node in
            "\(node.id): CPUs \(node.cpus), \(text(node.memoryBytes.map(Self.gibibytes))) GiB, "
                + "distances \(node.distances.map(String.init).joined(separator: " "))"
        }
        return [
            ("CPU", text(cpuModel)), ("architecture", architecture),
            ("microcode", text(microcode)), ("sockets", text(sockets)), ("cores", text(cores)),
            ("threads", text(threads)), ("SMT", text(smtActive)),
            ("NUMA nodes", text(nodes?.joined(separator: "; "))),
            ("NUMA balancing", text(numaBalancing)),
            ("memory in GiB", text(memoryTotalBytes.map(Self.gibibytes))),
            ("kernel", text(kernelRelease)), ("hypervisor", text(hypervisor)),
            ("governor", text(governor)), ("turbo", text(turbo)),
            ("transparent huge pages", text(transparentHugePages)),
            ("clock source", text(clockSource)),
        ]
    }

    /// FNV-1a over the names and values, in 16 hexadecimal digits.
    var stableMark: String {
        var mark = FNV1a()
        for (name, value) in stableFacts { mark.combine("\(name)=\(value)\n".utf8) }
        let digits = String(mark.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func gibibytes(_ bytes: Int) -> Int {
        Int((Double(bytes) / Double(1 << 30)).rounded())
    }
}
