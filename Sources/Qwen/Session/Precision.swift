internal import Kernels

/// The precision a model runs in: its weights, its KV cache, and the activations that enter a
/// product.
///
/// Sums, norms, softmax and the residual stream are f32 in all of them.
package enum Precision: String, Sendable, CaseIterable, Codable {
    case f32
    case bf16

    /// The element that weights are packed in.
    var element: Element {
        switch self {
        case .f32: .f32
        case .bf16: .bf16
        }
    }
}
