internal import CKernels

/// How numbers get into packed panels and back; the same bytes on every machine.
public struct PanelLayout: Sendable {
    /// How int4 finds scale and minimum of a group.
    public enum Fit: Sendable {
        /// By least squares, for trained weights.
        case leastSquares
        /// From the range of the group, for random ones: worse, and several times as fast.
        case range
    }

    /// The element that numbers are packed as.
    public let element: Element
    private let fit: Fit

    /// The layout for one element.
    public init(_ element: Element, fit: Fit = .leastSquares) {
        self.element = element
        self.fit = fit
    }

    /// Packs up to 16 rows of f32 into one panel of `stepCount` steps; what is missing becomes 0.
    ///
    /// - Parameters:
    ///   - rows: (rowCount, depth) f32, `rowStride` floats from row to row.
    ///   - panel: `stepCount · 64` bytes.
    public func pack(
        rows: UnsafePointer<Float>,
        rowCount: Int,
        rowStride: Int,
        depth: Int,
        stepCount: Int,
        into panel: UnsafeMutableRawPointer
    ) {
        let fit = fit == .range ? CK_FIT_RANGE : CK_FIT_SQUARES
        ck_pack_panel(element.code, fit, rows, rowCount, rowStride, depth, stepCount, panel)
    }

    /// Reads `depth` numbers of one channel of a packed matrix.
    public func unpack(
        channel: Int,
        of panels: PackedPanels,
        depth: Int,
        into result: UnsafeMutablePointer<Float>
    ) {
        let panel = panels.base + channel / PackedPanels.channels * panels.panelStride
        ck_unpack_channel(element.code, panel, channel % PackedPanels.channels, depth, result)
    }
}
