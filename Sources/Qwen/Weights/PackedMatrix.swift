internal import Kernels

/// A packed weight matrix inside the block of weights; a view, as trivial as its pointers.
struct PackedMatrix {
    let panels: PackedPanels
    let panelCount: Int
    /// f32, one for each channel of the padded panels, or nil.
    let bias: UnsafePointer<Float>?

    /// Channels including the padding of the last panel.
    var paddedChannels: Int { panelCount * PackedPanels.channels }
}
