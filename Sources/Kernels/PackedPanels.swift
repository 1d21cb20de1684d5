/// A view of a packed matrix: where its panels of 16 channels are and how deep they reach.
///
/// The layout is described in `CKernels.h`. A view owns nothing.
public struct PackedPanels {
    /// Channels of one panel.
    public static let channels = 16

    /// Bytes of one step of one panel: one cache line.
    public static let stepByteCount = 64

    /// The first step of the first panel.
    public var base: UnsafeMutableRawPointer
    /// Bytes from panel to panel.
    public var panelStride: Int
    /// Bytes from step to step of one panel.
    public var stepStride: Int
    /// Steps of depth.
    public var stepCount: Int

    /// int8: no scales lie behind the panels, all are 1.
    public var isBare: Bool

    /// A view of panels that lie in memory already.
    public init(
        base: UnsafeMutableRawPointer,
        panelStride: Int,
        stepStride: Int = stepByteCount,
        stepCount: Int,
        isBare: Bool = false
    ) {
        self.base = base
        self.panelStride = panelStride
        self.stepStride = stepStride
        self.stepCount = stepCount
        self.isBare = isBare
    }

    /// Panels that `channels` channels fill, the last one perhaps in part.
    public static func count(channels: Int) -> Int {
        (channels + Self.channels - 1) / Self.channels
    }
}
