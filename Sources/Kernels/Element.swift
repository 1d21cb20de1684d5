internal import CKernels

/// The number type of packed weights, and with it the form of the activations that meet them.
///
/// Sums are f32 in the end. For the whole-number types a row of activations is encoded: int8
/// numbers with a scale for the row (`CKernels.h` has the layout).
public enum Element: String, Sendable, CaseIterable, Codable {
    case f32
    case bf16
    /// One scale for each channel.
    case int8
    /// Scale and minimum for each 32 inputs of a channel.
    case int4

    /// Whether products run in whole numbers.
    public var isInteger: Bool { self == .int8 || self == .int4 }

    /// The most inputs of a channel whose products a sum of whole numbers holds; also the most
    /// positions of an int8 cache.
    public static let mostWholeDepth = Int(CK_MOST_WHOLE_DEPTH)

    /// Numbers of one channel that one step of a panel holds.
    public var depthPerStep: Int {
        switch self {
        case .f32: 1
        case .bf16: 2
        case .int8, .int4: 4
        }
    }

    /// Steps that `depth` numbers fill; whole blocks of 64 numbers for whole numbers.
    public func stepCount(depth: Int) -> Int {
        isInteger ? (depth + 63) / 64 * 16 : (depth + depthPerStep - 1) / depthPerStep
    }

    /// Bytes of one packed panel of 16 channels.
    public func panelByteCount(depth: Int) -> Int {
        ck_panel_bytes(code, depth)
    }

    /// Bytes of one row of activations, a multiple of 64.
    public func rowByteCount(depth: Int) -> Int {
        ck_row_bytes(code, depth)
    }

    /// Bytes of scratch that a product of many rows needs, 0 for none.
    public func scratchByteCount(depth: Int) -> Int {
        ck_scratch_bytes(code, depth)
    }

    /// Bytes of one number of a result that is no sum: the activations' own, f32 where those are
    /// encoded.
    public var resultByteCount: Int { self == .bf16 ? 2 : 4 }

    var code: ck_element {
        switch self {
        case .f32: CK_F32
        case .bf16: CK_BF16
        case .int8: CK_INT8
        case .int4: CK_INT4
        }
    }
}
