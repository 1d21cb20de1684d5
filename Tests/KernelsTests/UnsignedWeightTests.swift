import Kernels
import TestSupport
import Testing

/// int8 weights lie in their panels as unsigned bytes.
///
/// Whoever multiplies them as they are, in 16 bits, has to see where two neighbours of a row are too
/// much for that.
@Suite struct UnsignedWeightTests {
    static let kernels = KernelCase.integers.filter { $0.element == .int8 }

    /// What neighbours of a row are, at one step in so many; elsewhere they are small.
    struct Loud: CustomTestStringConvertible, Sendable {
        var oneIn: Int
        var signs: [Int8] = [1, 1]

        var testDescription: String { "one step in \(oneIn), \(signs)" }
    }

    static let loud =
        [1 << 20, 97, 9, 7, 1].map { Loud(oneIn: $0) }
        + [Loud(oneIn: 9, signs: [-1, -1]), Loud(oneIn: 9, signs: [1, -1])]

    /// Four rows are a tile, 512 all tiles that are looked through at a time; of 700 rows with a loud
    /// step in nine, more steps are loud than are kept.
    @Test(arguments: kernels, loud)
    func theLargestNumbersAreMultipliedToTheBit(_ kernel: KernelCase, _ loud: Loud) {
        for (rows, depth) in [
            (4, 64), (1, 256), (3, 128), (4, 128), (9, 192), (515, 128), (700, 512),
        ] {
            let operands = Bytes(rows: rows, depth: depth, loud: loud)
            #expect(
                operands.multiply(kernel.table) == operands.multiply(kernel.scalar),
                "\(rows) × \(depth)")
        }
    }

    /// Two panels, their bytes all over 1 … 255 and every third one of those two; encoded rows.
    private final class Bytes {
        let rows: Int
        let depth: Int
        private let activations: UnsafeMutableRawPointer
        private let panels: UnsafeMutableRawPointer
        private let rowBytes: Int
        private let panelBytes: Int

        init(rows: Int, depth: Int, loud: Loud) {
            self.rows = rows
            self.depth = depth
            rowBytes = Element.int8.rowByteCount(depth: depth)
            panelBytes = Element.int8.panelByteCount(depth: depth)
            activations = .allocate(byteCount: rows * rowBytes, alignment: 64)
            panels = .allocate(byteCount: 2 * panelBytes, alignment: 64)
            var generator = SeededGenerator(seed: UInt64(rows))
            for row in 0..<rows {
                let base = activations + row * rowBytes
                var sum: Int32 = 0
                for index in 0..<depth {
                    let isLoud = (row * depth + index) / 4 % loud.oneIn == 0
                    let number =
                        isLoud
                        ? 127 * loud.signs[index % 2] : Int8.random(in: -60...60, using: &generator)
                    base.storeBytes(of: number, toByteOffset: index, as: Int8.self)
                    sum += Int32(number)
                }
                base.storeBytes(of: 1, toByteOffset: depth, as: Float.self)
                base.storeBytes(of: sum, toByteOffset: depth + 4, as: Int32.self)
            }
            for panel in 0..<2 {
                let base = panels + panel * panelBytes
                for index in 0..<depth * 16 {
                    let byte = UInt8.random(in: 1...255, using: &generator)
                    let extreme: UInt8 = byte < 128 ? 1 : 255
                    base.storeBytes(
                        of: index % 3 == 0 ? byte : extreme, toByteOffset: index, as: UInt8.self)
                }
                for channel in 0..<16 {
                    base.storeBytes(of: 1, toByteOffset: depth * 16 + channel * 4, as: Float.self)
                }
            }
        }

        deinit {
            activations.deallocate()
            panels.deallocate()
        }

        func multiply(_ table: KernelTable) -> [Float] {
            var result = [Float](repeating: 0, count: rows * 32)
            result.withUnsafeMutableBytes { buffer in
                guard let base = buffer.baseAddress else { return }
                table.multiply(
                    Product(
                        activations: activations, activationStride: rowBytes, rows: rows,
                        panels: PackedPanels(
                            base: panels, panelStride: panelBytes, stepCount: depth / 4),
                        result: base, resultStride: 32 * 4, output: .store),
                    panels: 0..<2)
            }
            return result
        }
    }
}
