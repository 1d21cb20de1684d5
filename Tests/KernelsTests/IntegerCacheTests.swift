import Kernels
import Testing

/// The int8 KV cache: keys as channels, bare values, attention weights in two rows of 7 bits.
@Suite struct IntegerCacheTests {
    static let kernels = KernelCase.integers.filter { $0.element == .int8 }

    /// The two rows for `count` weights of at most about 7, each times a scale of at most 0.3.
    private static func split(
        _ kernel: KernelCase, count: Int
    ) -> (rows: UnsafeMutableRawPointer, stride: Int, expected: [Float]) {
        let padded = (count + 63) / 64 * 64
        let stride = Element.int8.rowByteCount(depth: padded)
        let rows = UnsafeMutableRawPointer.allocate(byteCount: 2 * stride, alignment: 64)
        rows.initializeMemory(as: UInt8.self, repeating: 0xa5, count: 2 * stride)
        let weights = randomValues(count, seed: 3, scale: 7).map(abs)
        let scales = randomValues(count, seed: 4, scale: 0.3).map(abs)
        kernel.table.split(
            weights, scales: scales, count: count, paddedCount: padded, into: rows,
            rowByteCount: stride)
        return (rows, stride, zip(weights, scales).map { $0 * $1 })
    }

    @Test(arguments: kernels)
    func bothRowsTogetherStandForTheWeights(_ kernel: KernelCase) {
        for count in [1, 3, 16, 63, 64, 65, 200] {
            let (rows, stride, expected) = Self.split(kernel, count: count)
            defer { rows.deallocate() }
            let padded = (count + 63) / 64 * 64
            let lower = rows + stride
            let upperScale = rows.load(fromByteOffset: padded, as: Float.self)
            let lowerScale = lower.load(fromByteOffset: padded, as: Float.self)
            let largest = expected.max() ?? 0
            var sums = [0, 0]
            for index in 0..<padded {
                let high = Int(rows.load(fromByteOffset: index, as: Int8.self))
                let low = Int(lower.load(fromByteOffset: index, as: Int8.self))
                sums[0] += high
                sums[1] += low
                let weight = Float(high) * upperScale + Float(low) * lowerScale
                let wanted = index < count ? expected[index] : 0
                // Half a step of the largest weight's 16256th part.
                #expect(abs(weight - wanted) <= largest / 16256 * 0.51)
            }
            #expect(Int(rows.load(fromByteOffset: padded + 4, as: Int32.self)) == sums[0])
            #expect(Int(lower.load(fromByteOffset: padded + 4, as: Int32.self)) == sums[1])
        }
    }

    @Test(arguments: kernels)
    func weightsThatAreAllZeroGiveZero(_ kernel: KernelCase) {
        let stride = Element.int8.rowByteCount(depth: 64)
        let rows = UnsafeMutableRawPointer.allocate(byteCount: 2 * stride, alignment: 64)
        defer { rows.deallocate() }
        kernel.table.split(
            [0, 0], scales: [1, 0], count: 2, paddedCount: 64, into: rows, rowByteCount: stride)
        #expect((0..<64).allSatisfy { rows.load(fromByteOffset: $0, as: Int8.self) == 0 })
        #expect(rows.load(fromByteOffset: 64, as: Float.self) == 0)
    }

    /// Of an infinite scale, and of a weight times it that is no number at all.
    @Test(arguments: kernels, [Float(1), 0])
    func weightsThatAreNoNumbersSpoilBothRows(_ kernel: KernelCase, _ weight: Float) {
        let stride = Element.int8.rowByteCount(depth: 64)
        let rows = UnsafeMutableRawPointer.allocate(byteCount: 2 * stride, alignment: 64)
        defer { rows.deallocate() }
        kernel.table.split(
            [1, weight], scales: [1, .infinity], count: 2, paddedCount: 64, into: rows,
            rowByteCount: stride)
        for row in [rows, rows + stride] {
            #expect((0..<64).allSatisfy { row.load(fromByteOffset: $0, as: Int8.self) == 0 })
            #expect(row.load(fromByteOffset: 64, as: Float.self).isNaN)
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func aValueThatIsNoNumberHasNoScale(_ broken: Float) {
        let cache = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        defer { cache.deallocate() }
        cache.initializeMemory(as: UInt8.self, repeating: 0xee, count: 64)
        let panels = PackedPanels(base: cache, panelStride: 64, stepCount: 1, isBare: true)
        let value = [Float](repeating: 1, count: 15) + [broken]
        let scale = PanelLayout(.int8).storeValue(value, depth: 16, position: 2, in: panels)
        #expect(scale.isNaN)
        #expect(
            (0..<16).allSatisfy { cache.load(fromByteOffset: $0 * 4 + 2, as: UInt8.self) == 128 })
    }

    /// Three panels side by side, as a head of 48 numbers has them, and stale numbers behind the
    /// last position.
    @Test(arguments: kernels)
    func aBareProductReadsValuesOfTheirOwnScales(_ kernel: KernelCase) {
        let positions = 70
        let capacity = 128
        let cache = UnsafeMutableRawPointer.allocate(byteCount: capacity * 48, alignment: 64)
        defer { cache.deallocate() }
        cache.initializeMemory(as: UInt8.self, repeating: 0xee, count: capacity * 48)
        let panels = PackedPanels(
            base: cache, panelStride: 64, stepStride: 3 * 64, stepCount: capacity / 4,
            isBare: true)
        var scales = [Float](repeating: 0, count: positions)
        let values = (0..<positions).map {
            randomValues(48, seed: UInt64($0), scale: Float($0 + 1))
        }
        for (position, value) in values.enumerated() {
            scales[position] = PanelLayout(.int8).storeValue(
                value, depth: 48, position: position, in: panels)
        }
        let weights = randomValues(positions, seed: 99).map(abs)
        let stride = Element.int8.rowByteCount(depth: capacity)
        let rows = UnsafeMutableRawPointer.allocate(byteCount: 2 * stride, alignment: 64)
        defer { rows.deallocate() }
        kernel.table.split(
            weights, scales: scales, count: positions, paddedCount: capacity, into: rows,
            rowByteCount: stride)
        let rowScale = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        rowScale.initialize(to: 0.25)
        defer { rowScale.deallocate() }
        var result = [Float](repeating: 0, count: 48)
        result.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            for (part, output) in [(0, Product.Output.store), (1, .accumulate)] {
                kernel.table.multiply(
                    Product(
                        activations: rows + part * stride, activationStride: stride, rows: 1,
                        panels: panels, result: base, resultStride: 48 * 4, output: output,
                        rowScale: rowScale),
                    panels: 0..<3)
            }
        }
        for column in 0..<48 {
            let products = (0..<positions).map { weights[$0] * values[$0][column] }
            // Half a step of 1/127 of each value, and of 1/16256 of the largest weight.
            let rounding = (0..<positions).reduce(Float(0)) {
                $0 + weights[$1] * (values[$1].map(abs).max() ?? 0) / 254
            }
            let largest = zip(weights, scales).map { $0 * $1 }.max() ?? 0
            let allowed = rounding + largest / 32000 * 127 * Float(positions)
            #expect(abs(result[column] * 4 - products.reduce(0, +)) <= allowed)
        }
    }

    /// A stored key is the channel that packing it would have made.
    @Test func storedKeysAreThoseOfAPackedPanel() {
        let depth = 70
        let keys = (0..<16).map { randomValues(depth, seed: UInt64($0), scale: 3) }
        let bytes = Element.int8.panelByteCount(depth: depth)
        let steps = Element.int8.stepCount(depth: depth)
        let stored = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        let packed = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        defer {
            stored.deallocate()
            packed.deallocate()
        }
        let layout = PanelLayout(.int8)
        layout.pack(
            rows: Array(keys.joined()), rowCount: 16, rowStride: depth, depth: depth,
            stepCount: steps, into: packed)
        let panels = PackedPanels(base: stored, panelStride: bytes, stepCount: steps)
        for (position, key) in keys.enumerated() {
            layout.storeKey(key, depth: depth, position: position, in: panels)
        }
        let same = (0..<bytes).allSatisfy {
            stored.load(fromByteOffset: $0, as: UInt8.self)
                == packed.load(fromByteOffset: $0, as: UInt8.self)
        }
        #expect(same)
    }
}
