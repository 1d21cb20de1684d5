import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// What it was measured on and with, as far as the manifest says.
    static func machine(
        _ manifest: Manifest, _ rows: [Row], in language: Language
    ) -> PageSection {
        let roof = Roof(medianOf: rows.flatMap(\.roofs))
        let roofs: [(String, String?)] = [
            (
                language(en: "Read bandwidth", zh: "读带宽"),
                roof.map { "\(fourDigits($0.readBytesPerSecond / 1e9)) GB/s" }
            ),
            (
                language(en: "Arithmetic", zh: "运算"),
                roof.map { "\(fourDigits($0.operationsPerSecond / 1e9)) GFLOP/s" }
            ),
        ]
        let groups: [Markup] =
            manifest.factGroups(in: language).map { facts(titled: $0.title, $0.facts) }
            + [
                facts(
                    titled: language(en: "Roof, median of all measured", zh: "上限，各次测量的中位数"),
                    roofs)
            ]
        let command = manifest.commandLine.joined(separator: " ")
        let json = (try? manifest.json()) ?? ""
        let all = language(en: "All of manifest.json", zh: "manifest.json 全文")
        return PageSection(
            anchor: "machine", title: language(en: "Machine and run", zh: "机器和运行"),
            body: """
                <div class="columns">
                \(groups)</div>
                <h3>\(language(en: "Command", zh: "命令"))</h3>
                <pre>\(command)</pre>
                <details><summary>\(all)</summary>
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
    fileprivate func factGroups(
        in language: Language
    ) -> [(title: String, facts: [(String, String?)])] {
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
        let groups: [(title: String, facts: [(en: String, zh: String, value: String?)])] = [
            (
                language(en: "Machine", zh: "机器"),
                [
                    ("CPU", "CPU", fact("machine", "cpu_model")),
                    ("Architecture", "架构", fact("machine", "architecture")),
                    ("Sockets", "插槽", fact("machine", "sockets")),
                    ("Cores", "核", fact("machine", "cores")),
                    ("Threads", "线程", fact("machine", "threads")),
                    ("NUMA nodes", "NUMA 节点", nodes),
                    ("Memory", "内存", fact("machine", "memory_total_bytes")),
                    ("Kernel", "内核", fact("machine", "kernel_release")),
                    ("Hypervisor", "虚拟机管理程序", fact("machine", "hypervisor")),
                    ("Governor", "调频策略", fact("machine", "governor")),
                    ("Turbo", "睿频", fact("machine", "turbo")),
                    ("Huge pages", "大页", fact("machine", "transparent_huge_pages")),
                    ("Load before", "之前的负载", fact("machine", "load_averages")),
                    ("Steal since boot", "开机以来被占去", fact("machine", "steal_percent", unit: " %")),
                ]
            ),
            (
                language(en: "Run", zh: "运行"),
                [
                    ("Threads", "线程", fact("execution", "threads")),
                    ("Pinned to CPUs", "绑核", fact("execution", "asked_cpus")),
                    ("Pins refused", "未得到的绑核", fact("execution", "pins_refused")),
                    ("Memory policy", "内存策略", fact("execution", "numa_policy")),
                    ("Instruction set", "指令集", fact("execution", "instruction_set")),
                    ("KV cache", "KV cache", fact("execution", "kv_cache_precision")),
                    ("Started", "开始", startedAt),
                    ("Finished", "结束", finishedAt),
                    ("Status", "状态", status.word(in: language)),
                    (
                        "Repetitions", "重复",
                        language(
                            en: "\(grid.repetitions)" + (grid.convergence == nil ? "" : " or more"),
                            zh: (grid.convergence == nil ? "" : "至少 ") + "\(grid.repetitions)")
                    ),
                    ("Seed", "种子", "\(grid.seed)"),
                    ("Labels", "标签", labels?.text),
                    ("Build", "构建", "Tokenmark \(toolVersion), \(buildConfiguration)"),
                ]
            ),
            (
                language(en: "Model", zh: "模型"),
                [
                    ("Name", "名称", engine.model),
                    ("Precision", "精度", engine.precision),
                    ("Parameters", "参数", grouped(engine.parameterCount)),
                    ("Vocabulary", "词表", grouped(engine.vocabularySize)),
                    ("Weights", "权重", fact("weights", "origin")),
                    ("File", "文件", fact("weights", "path")),
                    ("Seed of the weights", "权重的种子", fact("weights", "seed")),
                    ("Packed size", "打包大小", fact("weights", "packed_bytes")),
                    ("On huge pages", "在大页上", fact("weights", "huge_page_bytes")),
                    ("Loaded in", "加载用时", fact("weights", "load_seconds", unit: " s")),
                ]
            ),
        ]
        return groups.map { title, facts in
            (title, facts.map { (language(en: $0.en, zh: $0.zh), $0.value) })
        }
    }
}
