import Kernels

/// Numbers of one element type at an odd address, with a guard behind them.
final class ElementBuffer {
    let element: Element
    let count: Int
    let base: UnsafeMutableRawPointer
    private let allocation: UnsafeMutableRawPointer
    private static let guardByte: UInt8 = 0xa5
    private static let guardCount = 64

    /// - Parameter offset: elements between a cache line and the first number, so that kernels
    ///   meet unaligned data.
    init(_ element: Element, count: Int, offset: Int = 1) {
        precondition(!element.isInteger, "whole numbers have rows, not elements")
        self.element = element
        self.count = count
        let bytes = (count + offset) * element.resultByteCount
        allocation = .allocate(byteCount: bytes + Self.guardCount, alignment: 64)
        base = allocation + offset * element.resultByteCount
        allocation.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        (allocation + bytes).initializeMemory(
            as: UInt8.self, repeating: Self.guardByte, count: Self.guardCount)
    }

    deinit {
        allocation.deallocate()
    }

    var floats: UnsafeMutablePointer<Float> {
        precondition(element == .f32)
        return base.assumingMemoryBound(to: Float.self)
    }

    /// Whether the bytes behind the last number are as they were.
    var guardIsIntact: Bool {
        let end = base + count * element.resultByteCount
        return (0..<Self.guardCount).allSatisfy {
            end.load(fromByteOffset: $0, as: UInt8.self) == Self.guardByte
        }
    }

    subscript(index: Int) -> Float {
        switch element {
        case .f32:
            base.load(fromByteOffset: index * 4, as: Float.self)
        default:
            Float(bitPattern: UInt32(base.load(fromByteOffset: index * 2, as: UInt16.self)) << 16)
        }
    }

    var values: [Float] { (0..<count).map { self[$0] } }
}

/// `count` seeded numbers in ±scale.
func randomValues(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer {
        RandomStream(seed: seed, name: "values").fill(row: 0, scale: scale, into: $0)
    }
    return values
}
