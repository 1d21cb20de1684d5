import Kernels
import Testing

/// Attention over blocks of the cache, against softmax and sums in double.
@Suite struct AttentionTests {
    struct Shape: Sendable {
        var rows: Int
        var depth: Int
        var positions: Int
    }

    static let kernels =
        KernelCase.all + KernelCase.integers.filter { $0.element == .int8 }

    // One row, a group, more rows than are widened at once; heads that fill no panel or no block of
    // whole numbers; a block, its borders, more than a span.
    static let shapes = [
        Shape(rows: 1, depth: 64, positions: 1), Shape(rows: 1, depth: 128, positions: 700),
        Shape(rows: 7, depth: 16, positions: 64), Shape(rows: 8, depth: 72, positions: 65),
        Shape(rows: 17, depth: 80, positions: 127), Shape(rows: 48, depth: 64, positions: 600),
    ]

    @Test(arguments: kernels)
    func theResultsAreThoseOfSoftmaxInDouble(_ kernel: KernelCase) {
        for shape in Self.shapes {
            let cache = AttentionOperands(kernel, shape)
            let visible = (0..<shape.rows).map {
                max(1, shape.positions - 3 * (shape.rows - 1 - $0))
            }
            cache.attend(visible: visible)
            for row in 0..<shape.rows {
                cache.expectResult(of: row) { $0 < visible[row] }
            }
        }
    }

    /// Drafts that branch: what rows see of the last positions is no prefix.
    @Test(arguments: kernels)
    func masksSayWhatIsSeenOfTheLastPositions(_ kernel: KernelCase) {
        for first in [60, 64, 70] {
            let cache = AttentionOperands(kernel, Shape(rows: 4, depth: 64, positions: first + 9))
            let masks: [UInt64] = [0b1, 0b101, 0b1_0000_0101, 0b1_1000]
            cache.attend(
                visible: Array(repeating: first + 9, count: 4), own: masks, ownFirst: first)
            for row in 0..<4 {
                cache.expectResult(of: row) {
                    $0 < first || masks[row] >> UInt64($0 - first) & 1 == 1
                }
            }
        }
    }

    /// Each row alone, spans that others computed, blocks that lie elsewhere: no bit is another.
    @Test(arguments: kernels)
    func tilesAndSpansChangeNoBit(_ kernel: KernelCase) {
        let shape = Shape(rows: 20, depth: 64, positions: 1200)
        let cache = AttentionOperands(kernel, shape)
        let visible = (0..<20).map { 1181 + $0 }
        let whole = cache.attend(visible: visible)
        for row in [0, 3, 19] {
            let alone = AttentionOperands(kernel, shape)
            #expect(
                alone.attend(visible: [visible[row]], rows: row..<row + 1)
                    == Array(whole[row * 64..<row * 64 + 64]))
        }
        let later = AttentionOperands(kernel, shape)
        later.attend(visible: visible, blocks: 8..<16)
        let last = AttentionOperands(kernel, shape)
        last.attend(visible: visible, blocks: 16..<19)
        let merged = AttentionOperands(kernel, shape)
        merged.attend(visible: visible, blocks: 0..<8)
        kernel.table.merge(later.state, into: merged.state, rows: 20)
        kernel.table.merge(last.state, into: merged.state, rows: 20)
        #expect(merged.results == whole)
    }

    /// What is no number in what a row sees makes its result none; what it does not see does not.
    @Test(arguments: kernels, [Float.nan, .infinity])
    func whatIsNoNumberSpoilsTheRowsThatSeeIt(_ kernel: KernelCase, _ broken: Float) {
        for spoilsKey in [true, false] {
            // A key that is infinite may have no weight at all, which is a number.
            if spoilsKey, broken.isInfinite, kernel.element != .int8 { continue }
            let cache = AttentionOperands(kernel, Shape(rows: 3, depth: 64, positions: 90))
            cache.spoil(position: 80, key: spoilsKey, with: broken)
            let results = cache.attend(visible: [80, 81, 90])
            let rows = (0..<3).map { results[$0 * 64..<$0 * 64 + 64] }
            #expect(rows[0].allSatisfy(\.isFinite) || kernel.element != .int8 && !spoilsKey)
            #expect(rows[1].contains { !$0.isFinite })
            #expect(rows[2].contains { !$0.isFinite })
        }
    }

    /// Behind the last position lies what was there before.
    @Test(arguments: kernels)
    func staleNumbersBehindTheLastPositionDoNotCount(_ kernel: KernelCase) {
        for positions in [1, 33, 63, 65] {
            let shape = Shape(rows: 2, depth: 32, positions: positions)
            let clean = AttentionOperands(kernel, shape)
            let stale = AttentionOperands(kernel, shape, stale: 0xff)
            let visible = [positions, positions]
            #expect(clean.attend(visible: visible) == stale.attend(visible: visible))
        }
    }

    @Test(arguments: kernels)
    func aRowThatSeesNothingHasTheEmptyState(_ kernel: KernelCase) {
        let cache = AttentionOperands(kernel, Shape(rows: 2, depth: 64, positions: 600))
        cache.attend(visible: [100, 600], blocks: 8..<10)
        #expect(cache.state.largest[0] == -.infinity)
        #expect(cache.state.sums[0] == 0)
        #expect((0..<64).allSatisfy { cache.state.results[$0] == 0 })
    }

    /// A stored key is the channel that packing it would have made.
    @Test(arguments: [Element.f32, .bf16, .int8])
    func storedKeysAreThoseOfAPackedPanel(_ element: Element) {
        let depth = 70
        let keys = (0..<16).map { randomValues(depth, seed: UInt64($0), scale: 3) }
        let bytes = element.panelByteCount(depth: depth)
        let block = CacheBlock(element, depth: depth)
        let stored = UnsafeMutableRawPointer.allocate(byteCount: block.byteCount, alignment: 64)
        let packed = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        defer {
            stored.deallocate()
            packed.deallocate()
        }
        stored.initializeMemory(as: UInt8.self, repeating: 0, count: block.byteCount)
        PanelLayout(element).pack(
            rows: Array(keys.joined()), rowCount: 16, rowStride: depth, depth: depth,
            stepCount: element.stepCount(depth: depth), into: packed)
        for (position, key) in keys.enumerated() {
            block.store(
                key: key, value: key, position: position, isLast: position == 15, in: stored)
        }
        let same = (0..<bytes).allSatisfy {
            stored.load(fromByteOffset: $0, as: UInt8.self)
                == packed.load(fromByteOffset: $0, as: UInt8.self)
        }
        #expect(same)
    }
}
