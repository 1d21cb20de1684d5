internal import Kernels

/// The precision of the KV cache.
package enum CachePrecision: String, Sendable, CaseIterable, Codable {
    case f32
    case bf16
    /// int8 with a scale for each key and each value of a head: half the bytes of bf16.
    case int8

    /// What keys and values are packed as.
    var element: Element {
        switch self {
        case .f32: .f32
        case .bf16: .bf16
        case .int8: .int8
        }
    }
}
