internal import Kernels

/// The precision a model runs in.
///
/// Sums, norms, softmax and the residual stream are f32 in all of them. With whole-number weights
/// the activations that meet them are int8 with a scale for each token, computed at run time.
package enum Precision: String, Sendable, CaseIterable, Codable {
    case f32
    case bf16
    /// int8 weights with a scale for each channel.
    case int8
    /// int4 weights with scale and minimum for each 32 inputs of a channel; embedding and head
    /// stay int8, where rounding costs the most.
    case int4

    /// What embedding and head are packed as.
    var head: Element { self == .int4 ? .int8 : weights }

    /// What the weights of the layers are packed as.
    var weights: Element {
        switch self {
        case .f32: .f32
        case .bf16: .bf16
        case .int8: .int8
        case .int4: .int4
        }
    }

    /// What the KV cache is unless something else is asked for.
    package var defaultCache: CachePrecision { self == .f32 ? .f32 : .bf16 }
}
