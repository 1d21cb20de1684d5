internal import CKernels

/// The number type of packed weights, of the KV cache, and of the activations that meet them in a
/// product.
///
/// Sums are always f32.
public enum Element: String, Sendable, CaseIterable, Codable {
    case f32
    case bf16

    /// Bytes of one number.
    public var byteCount: Int {
        switch self {
        case .f32: 4
        case .bf16: 2
        }
    }

    /// Numbers of one channel that one step of a panel holds: 4 bytes' worth.
    public var depthPerStep: Int { 4 / byteCount }

    var code: ck_element {
        switch self {
        case .f32: CK_F32
        case .bf16: CK_BF16
        }
    }
}
