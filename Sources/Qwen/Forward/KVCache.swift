internal import Kernels
internal import Machine

/// Keys and values of every position so far, packed as attention's two products read them.
///
/// Keys: (layer, sequence, kvHead, position / 16 panels, headDimension steps): channels are
/// positions. Values: (layer, sequence, kvHead, position steps, headDimension / 16 panels): depth is
/// positions. A sequence has room for `capacity` positions, rounded up to whole panels.
struct KVCache {
    let keys: UnsafeMutableRawPointer
    let values: UnsafeMutableRawPointer
    let shape: Shape

    struct Shape: Sendable {
        let sequences: Int
        let kvHeads: Int
        /// Positions, in whole panels.
        let capacity: Int
        let keyPanelByteCount: Int
        let keySteps: Int
        let valueStepByteCount: Int
        let depthPerStep: Int

        init(_ model: ModelConfiguration, element: Element, batch: Int, capacity: Int) {
            sequences = batch
            kvHeads = model.kvHeadCount
            self.capacity = capacity.roundedUp(toMultipleOf: PackedPanels.channels)
            keySteps = element.stepCount(depth: model.headDimension)
            keyPanelByteCount = keySteps * PackedPanels.stepByteCount
            valueStepByteCount =
                PackedPanels.count(channels: model.headDimension) * PackedPanels.stepByteCount
            depthPerStep = element.depthPerStep
        }

        var keyHeadByteCount: Int { capacity / PackedPanels.channels * keyPanelByteCount }
        var valueHeadByteCount: Int { capacity / depthPerStep * valueStepByteCount }
    }

    /// The keys of one head as a packed matrix of positions.
    @inline(__always)
    func keys(layer: Int, sequence: Int, head: Int) -> PackedPanels {
        let index = (layer * shape.sequences + sequence) * shape.kvHeads + head
        return PackedPanels(
            base: keys + index * shape.keyHeadByteCount,
            panelStride: shape.keyPanelByteCount,
            stepCount: shape.keySteps)
    }

    /// The values of one head as a packed matrix whose depth is the first `positions` positions.
    @inline(__always)
    func values(layer: Int, sequence: Int, head: Int, positions: Int) -> PackedPanels {
        let index = (layer * shape.sequences + sequence) * shape.kvHeads + head
        return PackedPanels(
            base: values + index * shape.valueHeadByteCount,
            panelStride: PackedPanels.stepByteCount,
            stepStride: shape.valueStepByteCount,
            stepCount: (positions + shape.depthPerStep - 1) / shape.depthPerStep)
    }
}
