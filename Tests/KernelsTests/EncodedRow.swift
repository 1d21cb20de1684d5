import Kernels

/// A row of activations as whole-number weights meet it: int8 numbers, scale, sums.
final class EncodedRow {
    let depth: Int
    let base: UnsafeMutableRawPointer

    private var padded: Int { (depth + 63) / 64 * 64 }

    init(depth: Int) {
        self.depth = depth
        let bytes = Element.int8.rowByteCount(depth: depth)
        base = .allocate(byteCount: bytes, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0xa5, count: bytes)
    }

    deinit {
        base.deallocate()
    }

    var numbers: [Int] {
        (0..<padded).map { Int(base.load(fromByteOffset: $0, as: Int8.self)) }
    }

    var scale: Float { base.load(fromByteOffset: padded, as: Float.self) }

    /// The sum of all numbers, then of each group of 32.
    var sums: [Int] {
        (0...padded / 32).map {
            Int(base.load(fromByteOffset: padded + 4 + $0 * 4, as: Int32.self))
        }
    }
}
