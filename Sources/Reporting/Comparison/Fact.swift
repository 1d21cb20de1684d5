import Basics

/// Something about a side that may explain why its numbers differ.
package struct Fact: Equatable, Sendable {
    /// What a difference of it means.
    package enum Weight: String, Sendable {
        /// Compared on purpose, or of little effect.
        case differs
        /// The difference alone can explain any other.
        case notComparable = "not_comparable"
        /// Nobody compares that by intention.
        case refused
    }

    package let name: String
    package let value: String
    package let weight: Weight

    package init(_ name: String, _ value: String, _ weight: Weight = .differs) {
        self.name = name
        self.value = value
        self.weight = weight
    }
}

/// A fact that is another one on each side.
package struct Difference: Equatable, Sendable {
    package let name: String
    package let a: String
    package let b: String
    package let weight: Fact.Weight

    /// The facts that both sides know and that are not the same, in the order of the first side.
    ///
    /// Tools name models each in their own way, so between two tools no fact is refused.
    static func between(_ a: ComparisonSide, _ b: ComparisonSide) -> [Difference] {
        a.facts.compactMap { fact in
            guard let other = b.facts.first(where: { $0.name == fact.name }),
                other.value != fact.value
            else { return nil }
            let weight = fact.weight == .refused && a.source != b.source ? .differs : fact.weight
            return Difference(name: fact.name, a: fact.value, b: other.value, weight: weight)
        }
    }

    package var description: String { words(in: .en) }

    /// ``description`` in a language.
    ///
    /// - Parameter nameOfB: What B is called.
    func words(nameOfB: String = "B", in language: Language) -> String {
        language(
            en: "\(name) is \(a) in A and \(b) in \(nameOfB)",
            zh: "\(title(in: .zh))在 A 中为 \(a)，在 \(nameOfB) 中为 \(b)")
    }

    /// The name of the fact; one that another program gave it stands as it is.
    func title(in language: Language) -> String {
        language(en: name, zh: Self.chineseNames[name] ?? name)
    }

    private static let chineseNames = [
        "version": "版本", "build": "构建", "engine": "引擎", "model": "模型", "precision": "权重精度",
        "threads": "线程数", "asked cpus": "指定的 CPU", "numa policy": "NUMA 策略",
        "instruction set": "指令集", "kv cache precision": "KV cache 精度", "origin": "权重来源",
        "seed": "权重种子", "packed bytes": "打包字节数", "weights' fingerprint": "权重指纹",
        "CPU model": "CPU 型号", "prompt seed": "提示种子", "method": "测试方法", "steps": "步骤打点",
        "what is asked": "提示", "parameters": "参数量", "path": "路径", "revision": "修订",
        "architecture": "架构", "microcode": "微码", "sockets": "插槽数", "cores": "核数",
        "logical CPUs": "逻辑 CPU 数", "memory bytes": "内存字节数", "kernel": "内核",
        "hypervisor": "虚拟机管理程序", "governor": "调频策略", "turbo": "睿频",
        "transparent huge pages": "透明大页", "NUMA balancing": "NUMA 平衡", "clock source": "时钟源",
    ]
}
