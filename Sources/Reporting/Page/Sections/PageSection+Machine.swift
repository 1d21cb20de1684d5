import Charts
import Measurement
import Sweep

extension PageSection {
    /// What it was measured on and with, as far as the manifest says.
    static func machine(_ manifest: Manifest, _ rows: [Row]) -> PageSection {
        let roof = Roof(medianOf: rows.flatMap(\.roofs))
        let roofs: [(String, String?)] = [
            ("Read bandwidth", roof.map { "\(fourDigits($0.readBytesPerSecond / 1e9)) GB/s" }),
            ("Arithmetic", roof.map { "\(fourDigits($0.operationsPerSecond / 1e9)) GFLOP/s" }),
        ]
        let groups: [Markup] =
            manifest.factGroups.map { facts(titled: $0.title, $0.facts) }
            + [facts(titled: "Roof, median of all measured", roofs)]
        let command = manifest.commandLine.joined(separator: " ")
        let json = (try? manifest.json()) ?? ""
        return PageSection(
            anchor: "machine", title: "Machine and run",
            body: """
                <div class="columns">
                \(groups)</div>
                <h3>Command</h3>
                <pre>\(command)</pre>
                <details><summary>All of manifest.json</summary>
                <pre>\(json)</pre>
                </details>

                """)
    }

    private static func facts(titled title: String, _ facts: [(String, String?)]) -> Markup {
        let known = facts.compactMap { name, value in
            value.map { "<dt>\(name)</dt><dd>\($0)</dd>\n" as Markup }
        }
        guard !known.isEmpty else { return "" }
        return "<div><h3>\(title)</h3>\n<dl class=\"facts\">\n\(known)</dl></div>\n"
    }
}

extension Manifest {
    /// What a reader asks of machine, threads and weights first; nil where it is not known.
    fileprivate var factGroups: [(title: String, facts: [(String, String?)])] {
        func fact(_ section: String, _ property: String, unit: String = "") -> String? {
            switch sections[section]?[property] {
            case nil, .null, .object, .array([]): nil
            case .integer(let bytes) where property.hasSuffix("_bytes"): bytesText(bytes)
            case .number(let value): fourDigits(value) + unit
            case let value?: value.brief + unit
            }
        }
        func grouped(_ count: Int?) -> String? {
            count.map { NumberText.grouped(Double($0), decimals: 0) }
        }
        let nodes: String? =
            if case .array(let nodes)? = sections["machine"]?["nodes"] { "\(nodes.count)" } else {
                nil
            }
        return [
            (
                "Machine",
                [
                    ("CPU", fact("machine", "cpu_model")),
                    ("Architecture", fact("machine", "architecture")),
                    ("Sockets", fact("machine", "sockets")), ("Cores", fact("machine", "cores")),
                    ("Threads", fact("machine", "threads")), ("NUMA nodes", nodes),
                    ("Memory", fact("machine", "memory_total_bytes")),
                    ("Kernel", fact("machine", "kernel_release")),
                    ("Hypervisor", fact("machine", "hypervisor")),
                    ("Governor", fact("machine", "governor")), ("Turbo", fact("machine", "turbo")),
                    ("Huge pages", fact("machine", "transparent_huge_pages")),
                    ("Load before", fact("machine", "load_averages")),
                    ("Steal since boot", fact("machine", "steal_percent", unit: " %")),
                ]
            ),
            (
                "Run",
                [
                    ("Threads", fact("execution", "threads")),
                    ("Pinned to CPUs", fact("execution", "asked_cpus")),
                    ("Pins refused", fact("execution", "pins_refused")),
                    ("Memory policy", fact("execution", "numa_policy")),
                    ("Instruction set", fact("execution", "instruction_set")),
                    ("KV cache", fact("execution", "kv_cache_precision")),
                    ("Started", startedAt), ("Finished", finishedAt),
                    ("Status", status.rawValue),
                    (
                        "Repetitions",
                        "\(grid.repetitions)" + (grid.convergence == nil ? "" : " or more")
                    ),
                    ("Seed", "\(grid.seed)"), ("Labels", labels?.text),
                    ("Build", "Tokenmark \(toolVersion), \(buildConfiguration)"),
                ]
            ),
            (
                "Model",
                [
                    ("Name", engine.model), ("Precision", engine.precision),
                    ("Parameters", grouped(engine.parameterCount)),
                    ("Vocabulary", grouped(engine.vocabularySize)),
                    ("Weights", fact("weights", "origin")), ("File", fact("weights", "path")),
                    ("Seed of the weights", fact("weights", "seed")),
                    ("Packed size", fact("weights", "packed_bytes")),
                    ("On huge pages", fact("weights", "huge_page_bytes")),
                    ("Loaded in", fact("weights", "load_seconds", unit: " s")),
                ]
            ),
        ]
    }
}
