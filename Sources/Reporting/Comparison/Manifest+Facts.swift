import Sweep

extension Manifest {
    /// What the numbers of the report depend on, but for the cells.
    var facts: [Fact] {
        let weights: [String: Fact.Weight] = [
            "engine": .notComparable, "model": .refused, "build": .notComparable,
            "method": .notComparable, "steps": .notComparable, "CPU model": .notComparable,
            "what is asked": .notComparable,
        ]
        // A machine that could not be read, or an older report, says nothing of some.
        let silent = Set(["CPU model", "weights' fingerprint"])
        var facts = decisiveValues.compactMap { name, value -> Fact? in
            guard !silent.contains(name) || value != JSONValue.null.brief else { return nil }
            return Fact(name, value, weights[name] ?? .differs)
        }
        if let count = engine.parameterCount {
            facts.append(Fact("parameters", "\(count)", .refused))
        }
        for name in ["path", "revision"] {
            guard let value = sections["weights"]?[name], value != .null else { continue }
            facts.append(Fact(name, value.brief))
        }
        for (property, name) in Self.machineFacts {
            guard let value = sections["machine"]?[property], value != .null else { continue }
            facts.append(Fact(name, value.brief))
        }
        return facts
    }

    /// The properties of the machine that stay as they are from boot to boot, and their names.
    private static let machineFacts = [
        ("architecture", "architecture"), ("microcode", "microcode"),
        ("sockets", "sockets"), ("cores", "cores"), ("threads", "logical CPUs"),
        ("smt_active", "SMT"), ("memory_total_bytes", "memory bytes"),
        ("kernel_release", "kernel"), ("hypervisor", "hypervisor"), ("governor", "governor"),
        ("turbo", "turbo"), ("transparent_huge_pages", "transparent huge pages"),
        ("numa_balancing", "NUMA balancing"), ("clock_source", "clock source"),
    ]
}
