import Sweep

extension Manifest {
    /// What the numbers of the report depend on, but for the cells.
    var facts: [Fact] {
        let weights: [String: Fact.Weight] = [
            "engine": .notComparable, "model": .refused, "build": .notComparable,
            "method": .notComparable, "steps": .notComparable,
        ]
        var facts = decisiveValues.map { Fact($0.name, $0.value, weights[$0.name] ?? .differs) }
        facts.append(Fact("parameters", "\(engine.parameterCount)", .refused))
        for (property, name) in Self.machineFacts {
            // A machine that could not be read, or an older report, says nothing.
            guard let value = sections["machine"]?[property], value != .null else { continue }
            facts.append(
                Fact(name, value.brief, property == "cpu_model" ? .notComparable : .differs))
        }
        return facts
    }

    /// The properties of the machine that stay as they are from boot to boot, and their names.
    private static let machineFacts = [
        ("cpu_model", "CPU model"), ("architecture", "architecture"), ("microcode", "microcode"),
        ("sockets", "sockets"), ("cores", "cores"), ("threads", "logical CPUs"),
        ("smt_active", "SMT"), ("memory_total_bytes", "memory bytes"),
        ("kernel_release", "kernel"), ("hypervisor", "hypervisor"), ("governor", "governor"),
        ("turbo", "turbo"), ("transparent_huge_pages", "transparent huge pages"),
        ("numa_balancing", "NUMA balancing"), ("clock_source", "clock source"),
    ]
}
