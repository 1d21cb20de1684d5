internal import Kernels

extension Model {
    /// What runs each operator, by the operator's name; those of plain Swift are left out.
    package var kernelNames: [String: String] {
        var names: [String: String] = [:]
        for work in ForwardOperator.allCases { names[work.name] = kernelName(of: work) }
        return names
    }

    /// What runs an operator, such as `matmul bf16 avx512bf16`: the kernels, the element of the
    /// weights or of the cache that they meet, and the instruction set; nil for what is plain Swift.
    private func kernelName(of work: ForwardOperator) -> String? {
        switch work {
        case .embed, .reduce: nil
        case .attentionNorm, .feedForwardNorm: Self.name("rms_norm", linear)
        case .finalNorm: Self.name("rms_norm", output)
        case .queryKeyValue, .attentionOutput, .gateUp, .down: Self.name("matmul", linear)
        case .head: Self.name("matmul", output)
        case .ropeCache: Self.name("rotate, narrow", attention)
        case .attention: Self.name("attend", attention)
        case .attentionEncode, .gatedEncode: Self.name("narrow", linear)
        }
    }

    private static func name(_ kernels: String, _ table: KernelTable) -> String {
        "\(kernels) \(table.element.rawValue) \(table.instructionSet.rawValue)"
    }
}
