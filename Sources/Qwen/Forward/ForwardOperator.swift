/// A piece of work of the forward pass, between one barrier and the next.
package enum ForwardOperator: Int, CaseIterable, Sendable {
    case embed
    case attentionNorm
    case queryKeyValue
    case ropeCache
    case attention
    case attentionEncode
    case attentionOutput
    case feedForwardNorm
    case gateUp
    case gatedEncode
    case down
    case finalNorm
    case head
    /// Sums over ranks; not in a model that has one.
    case reduce

    /// The name that tables show.
    package var name: String {
        switch self {
        case .embed: "embed"
        case .attentionNorm: "attention_norm"
        case .queryKeyValue: "qkv"
        case .ropeCache: "rope_cache"
        case .attention: "attention"
        case .attentionEncode: "attention_encode"
        case .attentionOutput: "attention_output"
        case .feedForwardNorm: "ffn_norm"
        case .gateUp: "gate_up"
        case .gatedEncode: "gated_encode"
        case .down: "down"
        case .finalNorm: "final_norm"
        case .head: "lm_head"
        case .reduce: "reduce"
        }
    }

    /// The most that one pass through `layers` layers calls.
    package static func callsPerPass(layers: Int) -> Int {
        let perLayer = 12
        let others = 4
        return others + perLayer * layers
    }
}
