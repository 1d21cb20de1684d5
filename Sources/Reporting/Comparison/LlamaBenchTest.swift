import Measurement

/// One test of llama-bench: a prompt, or single tokens after one another, at batch 1.
struct LlamaBenchTest: Equatable {
    enum Kind: String {
        case prompt = "pp"
        case generation = "tg"
    }

    let kind: Kind
    let tokens: Int
    /// Tokens in the KV cache before it.
    let depth: Int
    /// Tokens a second of each repetition.
    var rates: [Double]

    /// As llama-bench calls it: `tg128 @ d512`.
    var id: String { "\(kind.rawValue)\(tokens)" + (depth > 0 ? " @ d\(depth)" : "") }

    var metric: Metric { kind == .prompt ? .prefill : .decode }

    var cell: ComparedCell { ComparedCell(id: id, values: [metric: rates]) }

    /// Whether it does what a call of that shape does in the same phase.
    func stands(for shape: Shape) -> Bool {
        guard shape.batch == 1 else { return false }
        return switch kind {
        case .prompt: tokens == shape.inputLength && depth == 0
        case .generation: tokens == shape.outputLength
        }
    }
}
