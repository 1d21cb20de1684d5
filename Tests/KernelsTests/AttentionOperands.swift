import Kernels
import Testing

/// Queries, and keys and values of one head in blocks that lie in any order.
final class AttentionOperands {
    let kernel: KernelCase
    let shape: AttentionTests.Shape
    let state: AttentionState

    private let scale: Float
    private let block: CacheBlock
    private let arena: UnsafeMutableRawPointer
    private let table: [UInt32]
    private let queries: UnsafeMutableRawPointer
    private let queryStride: Int
    private let stateBytes: UnsafeMutableRawPointer
    private let scratch: UnsafeMutableRawPointer
    private let numbers: (queries: [[Float]], keys: [[Float]], values: [[Float]])
    private var width: Int { (shape.depth + 15) / 16 * 16 }

    /// - Parameter stale: what fills the cache before positions are written.
    init(_ kernel: KernelCase, _ shape: AttentionTests.Shape, stale: UInt8 = 0) {
        self.kernel = kernel
        self.shape = shape
        let depth = shape.depth
        scale = 1 / Float(depth).squareRoot()
        block = CacheBlock(kernel.element, depth: depth)
        let count = (shape.positions + 63) / 64
        // The last block first.
        table = (0..<UInt32(count)).reversed()
        arena = .allocate(byteCount: count * block.byteCount, alignment: 64)
        arena.initializeMemory(as: UInt8.self, repeating: stale, count: count * block.byteCount)
        let width = (depth + 15) / 16 * 16
        stateBytes = .allocate(
            byteCount: AttentionState.byteCount(rows: Attention.mostRows, resultWidth: width),
            alignment: 64)
        state = AttentionState(at: stateBytes, rows: Attention.mostRows, resultWidth: width)
        scratch = .allocate(byteCount: Attention.scratchByteCount(depth: depth), alignment: 64)
        numbers = (
            (0..<shape.rows).map { randomValues(depth, seed: UInt64($0) + 9000, scale: 3) },
            (0..<shape.positions).map { randomValues(depth, seed: UInt64($0), scale: 3) },
            (0..<shape.positions).map { randomValues(depth, seed: UInt64($0) + 5000) }
        )
        queryStride = kernel.element.rowByteCount(depth: depth)
        queries = .allocate(byteCount: shape.rows * queryStride, alignment: 64)
        for (row, query) in numbers.queries.enumerated() {
            kernel.table.narrow(query, scale: 1, count: depth, into: queries + row * queryStride)
        }
        for position in 0..<shape.positions {
            store(
                key: numbers.keys[position], value: numbers.values[position], at: position)
        }
        if stale != 0 {
            // What was never written between heads and panels is zero in a cache.
            precondition(depth % 16 == 0 && depth % 2 == 0, "no padding of stale numbers")
        }
    }

    deinit {
        for memory in [arena, queries, stateBytes, scratch] { memory.deallocate() }
    }

    var results: [Float] { (0..<shape.rows).flatMap { result(of: $0) } }

    func spoil(position: Int, key: Bool, with broken: Float) {
        var keyNumbers = numbers.keys[position]
        var valueNumbers = numbers.values[position]
        if key { keyNumbers[5] = broken } else { valueNumbers[5] = broken }
        store(key: keyNumbers, value: valueNumbers, at: position)
    }

    private func store(key: [Float], value: [Float], at position: Int) {
        block.store(
            key: key, value: value, position: position % 64,
            isLast: position == shape.positions - 1,
            in: arena + Int(table[position / 64]) * block.byteCount)
    }

    /// Attends, and returns the weighted means of the rows, one after the other.
    @discardableResult
    func attend(
        visible: [Int], own: [UInt64]? = nil, ownFirst: Int = 0, rows: Range<Int>? = nil,
        blocks: Range<Int>? = nil
    ) -> [Float] {
        let rows = rows ?? 0..<shape.rows
        let most = visible.max() ?? 0
        let seen = visible.map { UInt32($0) }
        table.withUnsafeBufferPointer { table in
            seen.withUnsafeBufferPointer { seen in
                (own ?? []).withUnsafeBufferPointer { masks in
                    guard let first = table.baseAddress, let visible = seen.baseAddress else {
                        return
                    }
                    kernel.table.attend(
                        Attention(
                            queries: queries + rows.lowerBound * queryStride,
                            queryStride: queryStride, rows: rows.count, depth: shape.depth,
                            arena: arena, blockStride: block.byteCount, blocks: first,
                            range: blocks ?? 0..<(most + 63) / 64, visible: visible,
                            own: own == nil ? nil : masks.baseAddress, ownFirst: ownFirst,
                            scale: scale, state: state, scratch: scratch))
                }
            }
        }
        return (0..<rows.count).flatMap { result(of: $0) }
    }

    private func result(of row: Int) -> [Float] {
        (0..<shape.depth).map { state.results[row * width + $0] / state.sums[row] }
    }

    /// Holds a row's result against softmax in double over what it sees.
    func expectResult(
        of row: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ sees: (Int) -> Bool
    ) {
        let positions = (0..<shape.positions).filter(sees)
        let query = numbers.queries[row]
        let scores = positions.map { position in
            var sum = 0.0
            for (x, y) in zip(query, numbers.keys[position]) { sum += Double(x) * Double(y) }
            return sum * Double(scale)
        }
        let largest = scores.max() ?? 0
        let weights = scores.map { Double(exponential(Float($0 - largest))) }
        let sum = weights.reduce(0, +)
        // Keys and queries of ±3 have scores of a few units: what rounding moves them by moves
        // weights by as much, relative.
        let tolerances: [Element: Double] = [.f32: 2e-5, .bf16: 0.03, .int8: 0.06]
        for column in 0..<shape.depth {
            var expected = 0.0
            for (position, weight) in zip(positions, weights) {
                expected += weight * Double(numbers.values[position][column]) / sum
            }
            let found = Double(result(of: row)[column])
            #expect(
                abs(found - expected) <= tolerances[kernel.element] ?? 0,
                "row \(row), column \(column) of \(shape)", sourceLocation: sourceLocation)
        }
    }
}
