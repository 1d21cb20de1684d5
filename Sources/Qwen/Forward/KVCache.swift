internal import Kernels
internal import Machine

/// Keys and values of every position so far, packed as attention's two products read them.
///
/// Keys: (layer, sequence, kvHead, position / 16 panels, headDimension steps): channels are
/// positions. Values: (layer, sequence, kvHead, position steps, headDimension / 16 panels): depth is
/// positions. A sequence has room for `capacity` positions, rounded up to whole panels; in int8, to
/// whole blocks of 64, with the scales of the values, one f32 for each position, behind the steps.
struct KVCache {
    let keys: UnsafeMutableRawPointer
    let values: UnsafeMutableRawPointer
    let shape: Shape

    struct Shape: Sendable {
        let sequences: Int
        let kvHeads: Int
        /// Positions, in whole panels or blocks.
        let capacity: Int
        /// What attention rounds the positions it reads up to.
        let positionUnit: Int
        let keyPanelByteCount: Int
        let keySteps: Int
        let valueStepByteCount: Int
        let depthPerStep: Int
        /// Bytes of the scale of one value.
        let valueScaleByteCount: Int

        init(_ model: ModelConfiguration, element: Element, batch: Int, capacity: Int) {
            sequences = batch
            kvHeads = model.kvHeadCount
            positionUnit = element.isInteger ? 64 : PackedPanels.channels
            self.capacity = capacity.roundedUp(toMultipleOf: positionUnit)
            keySteps = element.stepCount(depth: model.headDimension)
            keyPanelByteCount = element.panelByteCount(depth: model.headDimension)
            valueScaleByteCount = element.isInteger ? MemoryLayout<Float>.size : 0
            valueStepByteCount =
                PackedPanels.count(channels: model.headDimension) * PackedPanels.stepByteCount
            depthPerStep = element.depthPerStep
        }

        var keyHeadByteCount: Int { capacity / PackedPanels.channels * keyPanelByteCount }
        /// Steps of values that hold the first `positions` positions: whole blocks in int8, which
        /// the weights fill up with zeros.
        func valueStepCount(positions: Int) -> Int {
            let count = depthPerStep == 4 ? positions.roundedUp(toMultipleOf: 64) : positions
            return (count + depthPerStep - 1) / depthPerStep
        }

        var valueStepsByteCount: Int { capacity / depthPerStep * valueStepByteCount }
        var valueHeadByteCount: Int { valueStepsByteCount + capacity * valueScaleByteCount }
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
        PackedPanels(
            base: valueHead(layer: layer, sequence: sequence, head: head),
            panelStride: PackedPanels.stepByteCount,
            stepStride: shape.valueStepByteCount,
            stepCount: shape.valueStepCount(positions: positions),
            isBare: true)
    }

    /// int8: (capacity) f32, what each value of one head is to be multiplied by.
    @inline(__always)
    func valueScales(layer: Int, sequence: Int, head: Int) -> UnsafeMutablePointer<Float> {
        (valueHead(layer: layer, sequence: sequence, head: head) + shape.valueStepsByteCount)
            .assumingMemoryBound(to: Float.self)
    }

    @inline(__always)
    private func valueHead(layer: Int, sequence: Int, head: Int) -> UnsafeMutableRawPointer {
        let index = (layer * shape.sequences + sequence) * shape.kvHeads + head
        return values + index * shape.valueHeadByteCount
    }
}
