import Kernels

/// Encoded rows and packed whole-number weights, and the numbers they stand for.
final class IntegerOperands {
    let element: Element
    let shape: IntegerProductTests.Shape
    /// (channels, depth) as the packed weights stand for them.
    let weights: [[Float]]
    let bias: [Float]

    private let rows: UnsafeMutableRawPointer
    private let packed: UnsafeMutableRawPointer
    private let rowBytes: Int
    private let panelBytes: Int

    /// - Parameter largest: whether every number has the largest magnitude that its element holds,
    ///   and all products one sign; otherwise they are random.
    init(_ element: Element, _ shape: IntegerProductTests.Shape, largest: Bool = false) {
        self.element = element
        self.shape = shape
        let depth = shape.depth
        let channels = shape.panels * PackedPanels.channels
        rowBytes = element.rowByteCount(depth: depth)
        panelBytes = element.panelByteCount(depth: depth)
        rows = .allocate(byteCount: rowBytes * shape.rows, alignment: 64)
        packed = .allocate(byteCount: panelBytes * shape.panels, alignment: 64)
        bias = randomValues(channels, seed: 77)
        for row in 0..<shape.rows {
            let numbers =
                largest
                ? Self.largestActivations(element, depth)
                : randomValues(depth, seed: UInt64(500 + row), scale: 4)
            KernelTable(.scalar, element)?.narrow(
                numbers, scale: 1, count: depth, into: rows + row * rowBytes)
        }
        let layout = PanelLayout(element)
        let steps = element.stepCount(depth: depth)
        for panel in 0..<shape.panels {
            let numbers = (0..<16).flatMap {
                largest
                    ? Self.largestWeights(element, depth)
                    : randomValues(depth, seed: UInt64(panel * 16 + $0))
            }
            layout.pack(
                rows: numbers, rowCount: 16, rowStride: depth, depth: depth, stepCount: steps,
                into: packed + panel * panelBytes)
        }
        let panels = PackedPanels(base: packed, panelStride: panelBytes, stepCount: steps)
        weights = (0..<channels).map { channel in
            var values = [Float](repeating: 0, count: depth)
            layout.unpack(channel: channel, of: panels, depth: depth, into: &values)
            return values
        }
    }

    /// int8: one number of a block mixes to 127 everywhere.
    ///
    /// int4: all are 127.
    private static func largestActivations(_ element: Element, _ depth: Int) -> [Float] {
        (0..<depth).map { element == .int4 || $0 % 64 == 5 ? 8 : 0 }
    }

    /// int4: 15 of 15 in all of a group but the one that is its minimum; int8: as the activations.
    private static func largestWeights(_ element: Element, _ depth: Int) -> [Float] {
        (0..<depth).map { element == .int4 ? ($0 % 32 == 0 ? 0 : 1) : ($0 % 64 == 5 ? 8 : 0) }
    }

    deinit {
        rows.deallocate()
        packed.deallocate()
    }

    /// The numbers that an encoded row stands for.
    ///
    /// Rows for int8 weights are mixed in blocks of 64 by the matrix (−1)^popcount(i & j) / 8,
    /// which is its own inverse.
    func activations(_ row: Int) -> [Double] {
        let padded = (shape.depth + 63) / 64 * 64
        let base = rows + row * rowBytes
        let scale = Double(base.load(fromByteOffset: padded, as: Float.self))
        let held = (0..<padded).map {
            Double(base.load(fromByteOffset: $0, as: Int8.self)) * scale
        }
        guard element == .int8 else { return held }
        return (0..<padded).map { index in
            let block = index / 64 * 64
            return (0..<64).reduce(0.0) { sum, other in
                let sign = ((index - block) & other).nonzeroBitCount % 2 == 0 ? 0.125 : -0.125
                return sum + sign * held[block + other]
            }
        }
    }

    /// (rows, channels) results of a product, `initial` where nothing was written.
    func multiply(
        _ table: KernelTable, _ output: Product.Output, panels range: Range<Int>,
        initial: Float = 0, scratch: Bool = false
    ) -> [Float] {
        let scratch =
            scratch
            ? UnsafeMutableRawPointer.allocate(
                byteCount: element.scratchByteCount(depth: shape.depth), alignment: 64) : nil
        defer { scratch?.deallocate() }
        let channels = shape.panels * PackedPanels.channels
        var result = [Float](repeating: initial, count: shape.rows * channels)
        result.withUnsafeMutableBytes { buffer in
            bias.withUnsafeBufferPointer { bias in
                guard let base = buffer.baseAddress else { return }
                table.multiply(
                    Product(
                        activations: rows, activationStride: rowBytes, rows: shape.rows,
                        panels: PackedPanels(
                            base: packed, panelStride: panelBytes,
                            stepCount: element.stepCount(depth: shape.depth)),
                        result: base, resultStride: channels * 4, output: output,
                        bias: bias.baseAddress, scratch: scratch,
                        widensWeights: scratch != nil),
                    panels: range)
            }
        }
        return result
    }
}
