internal import CKernels

/// One product C = A · Bᵀ: rows of activations against packed panels, and what becomes of the sums.
public struct Product {
    /// What a product does with its sums.
    public enum Output: Sendable {
        /// C (f32) = sum.
        case store
        /// C (f32) += sum.
        case accumulate
        /// C (element) = sum.
        case storeElement
        /// C (element) = silu(gate) · up, where panels alternate gate and up.
        case swiGLU

        var code: ck_output {
            switch self {
            case .store: CK_STORE
            case .accumulate: CK_ACCUMULATE
            case .storeElement: CK_STORE_ELEMENT
            case .swiGLU: CK_SWIGLU
            }
        }
    }

    var arguments: ck_matmul

    /// - Parameters:
    ///   - activations: (rows, depth) elements, row-major, `activationStride` bytes from row to row.
    ///   - panels: the packed weights; their depth must be covered by the activations.
    ///   - result: (rows, channels), `resultStride` bytes from row to row; f32 or element by `output`.
    ///   - bias: one f32 for each channel, or nil.
    ///   - scratch: `Element.scratchByteCount(depth:)` bytes of this call's own, or nil. With it
    ///     many rows are faster, and no bit is another.
    ///   - widensWeights: int4 becomes int8 first: many rows are faster then, single ones slower,
    ///     and the sums a little different. Needs scratch.
    ///   - rowScale: one f32 for each row, or nil; the sums are multiplied before the bias is added.
    public init(
        activations: UnsafeRawPointer,
        activationStride: Int,
        rows: Int,
        panels: PackedPanels,
        result: UnsafeMutableRawPointer,
        resultStride: Int,
        output: Output,
        bias: UnsafePointer<Float>? = nil,
        rowScale: UnsafePointer<Float>? = nil,
        scratch: UnsafeMutableRawPointer? = nil,
        widensWeights: Bool = false
    ) {
        arguments = ck_matmul(
            a: activations,
            a_row_bytes: activationStride,
            b: UnsafeRawPointer(panels.base),
            b_panel_bytes: panels.panelStride,
            b_step_bytes: panels.stepStride,
            rows: rows,
            steps: panels.stepCount,
            c: result,
            c_row_bytes: resultStride,
            bias: bias,
            row_scale: rowScale,
            output: output.code,
            bare: panels.isBare,
            scratch: scratch,
            widen: widensWeights && scratch != nil
        )
    }
}
