import Kernels
import Testing

/// Products of whole numbers: exact against the scalar definition, and that against arithmetic on
/// the numbers that packed weights and encoded rows stand for.
@Suite struct IntegerProductTests {
    struct Shape: Sendable {
        var rows: Int
        var panels: Int
        var depth: Int
    }

    static let shapes: [Shape] = [1, 2, 3, 5, 6, 7, 13, 17].flatMap { rows in
        [1, 2, 3, 4, 5, 9].flatMap { panels in
            [1, 63, 64, 65, 200].map { Shape(rows: rows, panels: panels, depth: $0) }
        }
    }

    @Test(arguments: KernelCase.integers)
    func everyInstructionSetAgreesWithTheScalarOneToTheBit(_ kernel: KernelCase) {
        for shape in Self.shapes {
            let operands = IntegerOperands(kernel.element, shape)
            let fast = operands.multiply(kernel.table, .store, panels: 0..<shape.panels)
            let plain = operands.multiply(kernel.scalar, .store, panels: 0..<shape.panels)
            #expect(fast == plain, "\(shape)")
        }
    }

    /// Sums that a kernel keeps in 16 bits would overflow first.
    @Test(arguments: KernelCase.integers)
    func theLargestNumbersAgreeWithTheScalarOneToTheBit(_ kernel: KernelCase) {
        let shape = Shape(rows: 7, panels: 5, depth: 256)
        let operands = IntegerOperands(kernel.element, shape, largest: true)
        let fast = operands.multiply(kernel.table, .store, panels: 0..<5)
        #expect(fast == operands.multiply(kernel.scalar, .store, panels: 0..<5))
        // int8: 4 blocks of one 8 · 8. int4: 8 · 1 but for the first of each group.
        let expected: Float = kernel.element == .int8 ? 256 : 8 * 248
        for (index, value) in fast.enumerated() {
            #expect(abs(value - operands.bias[index % 80] - expected) <= expected * 0.01)
        }
    }

    /// The deepest product there may be, every number ±127 and every product of one sign: its sum, and
    /// what the 128 of the weights adds to it, are still in an int32.
    @Test(arguments: KernelCase.integers, [Float(8), -8])
    func theDeepestProductDoesNotOverflow(_ kernel: KernelCase, _ weight: Float) {
        let depth = Element.mostWholeDepth
        let numbers = (0..<depth).map { index -> Float in
            kernel.element == .int4 || index % 64 == 0 ? 8 : 0
        }
        let row = EncodedRow(depth: depth)
        kernel.table.narrow(numbers, scale: 1, count: depth, into: row.base)
        let weights = numbers.map { $0 / 8 * weight }
        let steps = kernel.element.stepCount(depth: depth)
        let panel = UnsafeMutableRawPointer.allocate(
            byteCount: kernel.element.panelByteCount(depth: depth), alignment: 64)
        defer { panel.deallocate() }
        PanelLayout(kernel.element).pack(
            rows: weights, rowCount: 1, rowStride: depth, depth: depth, stepCount: steps,
            into: panel)
        // As many as tiles are used for.
        let rows = 8
        var result = [Float](repeating: 0, count: 16 * rows)
        result.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            kernel.table.multiply(
                Product(
                    activations: row.base, activationStride: 0, rows: rows,
                    panels: PackedPanels(base: panel, panelStride: 0, stepCount: steps),
                    result: base, resultStride: 64, output: .store),
                panels: 0..<1)
        }
        let expected = zip(numbers, weights).reduce(0) { $0 + $1.0 * $1.1 }
        for row in 0..<rows { #expect(abs(result[row * 16] - expected) <= abs(expected) * 1e-5) }
    }

    /// The scale says it, whichever side the infinity or NaN is on; the numbers are zeros everywhere.
    @Test(arguments: KernelCase.integers, [Float.nan, .infinity, -.infinity])
    func whatIsNoNumberSpoilsItsRowAndItsChannel(_ kernel: KernelCase, _ broken: Float) {
        let depth = 130
        var numbers = randomValues(depth, seed: 5)
        numbers[70] = broken
        let row = EncodedRow(depth: depth)
        kernel.table.narrow(numbers, scale: 0.5, count: depth, into: row.base)
        #expect(row.scale.isNaN)
        #expect(row.numbers.allSatisfy { $0 == 0 } && row.sums.allSatisfy { $0 == 0 })

        let steps = kernel.element.stepCount(depth: depth)
        let bytes = kernel.element.panelByteCount(depth: depth)
        let panel = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        defer { panel.deallocate() }
        let layout = PanelLayout(kernel.element)
        layout.pack(
            rows: randomValues(depth, seed: 6) + numbers, rowCount: 2, rowStride: depth,
            depth: depth, stepCount: steps, into: panel)
        let panels = PackedPanels(base: panel, panelStride: 0, stepCount: steps)
        var values = [Float](repeating: 0, count: depth)
        layout.unpack(channel: 0, of: panels, depth: depth, into: &values)
        #expect(values.allSatisfy { $0.isFinite })
        layout.unpack(channel: 1, of: panels, depth: depth, into: &values)
        #expect(values.allSatisfy { $0.isNaN })
    }

    /// 127 over them would be infinity.
    @Test(arguments: KernelCase.integers)
    func theSmallestNumbersAreZeros(_ kernel: KernelCase) {
        let row = EncodedRow(depth: 64)
        let numbers = [Float](repeating: .leastNonzeroMagnitude, count: 64)
        kernel.table.narrow(numbers, scale: 1, count: 64, into: row.base)
        #expect(row.numbers.allSatisfy { $0 == 0 } && row.scale == 0)
    }

    /// Rows, and then results, that are more than a kernel keeps in the cache at once.
    @Test(arguments: KernelCase.integers)
    func largeProductsAgreeWithTheScalarOneToTheBit(_ kernel: KernelCase) {
        for (rows, panels, depth) in [(67, 5, 20_000), (67, 130, 64)] {
            let operands = IntegerOperands(
                kernel.element, Shape(rows: rows, panels: panels, depth: depth))
            let fast = operands.multiply(kernel.table, .store, panels: 0..<panels)
            let plain = operands.multiply(kernel.scalar, .store, panels: 0..<panels)
            #expect(fast == plain, "\(rows) × \(panels) × \(depth)")
        }
    }

    /// Panels around the four that are widened at a time.
    @Test(arguments: KernelCase.integers.filter(\.table.widens))
    func widenedProductsAgreeWithTheScalarOnesToTheBit(_ kernel: KernelCase) {
        for (rows, panels, depth) in [(1, 1, 64), (33, 4, 200), (40, 9, 65), (77, 6, 320)] {
            let operands = IntegerOperands(
                .int4, Shape(rows: rows, panels: panels, depth: depth))
            for range in [0..<panels, panels / 2..<panels] {
                let fast = operands.multiply(kernel.table, .store, panels: range, scratch: true)
                let plain = operands.multiply(kernel.scalar, .store, panels: range, scratch: true)
                #expect(fast == plain, "\(rows) × \(depth), \(range)")
            }
        }
    }

    /// A number moves by half a step of 1/126 of the largest one of its channel, and by the
    /// rounding of scale and minimum to 8 bits behind the point.
    @Test(arguments: KernelCase.integers.filter(\.table.widens))
    func wideningMovesAProductByLessThanAStep(_ kernel: KernelCase) {
        let depth = 130
        let operands = IntegerOperands(.int4, Shape(rows: 32, panels: 5, depth: depth))
        let wide = operands.multiply(kernel.table, .store, panels: 0..<5, scratch: true)
        let exact = operands.multiply(kernel.table, .store, panels: 0..<5)
        #expect(wide != exact)
        for row in 0..<32 {
            let magnitude = operands.activations(row).reduce(0) { $0 + abs($1) }
            for column in 0..<80 {
                let step = Double(operands.weights[column].map(abs).max() ?? 0) * 1.1 / 126
                let moved = Double(abs(wide[row * 80 + column] - exact[row * 80 + column]))
                #expect(moved <= magnitude * step * 0.54 + 1e-5)
            }
        }
    }

    @Test(arguments: KernelCase.integers.filter(\.table.widens))
    func widenedSwiGLUWritesWhereTheOthersDo(_ kernel: KernelCase) {
        let operands = IntegerOperands(.int4, Shape(rows: 32, panels: 12, depth: 64))
        let fast = operands.multiply(kernel.table, .swiGLU, panels: 2..<12, scratch: true)
        let plain = operands.multiply(kernel.scalar, .swiGLU, panels: 2..<12, scratch: true)
        #expect(zip(fast, plain).allSatisfy { abs($0 - $1) <= abs($1) * 0x1p-18 + 1e-6 })
        #expect(fast.prefix(16).allSatisfy { $0 == 0 })
    }

    @Test(arguments: KernelCase.integers.filter { !$0.table.widens })
    func scratchChangesNothingWhereNothingIsWidened(_ kernel: KernelCase) {
        let operands = IntegerOperands(kernel.element, Shape(rows: 33, panels: 5, depth: 130))
        let plain = operands.multiply(kernel.scalar, .store, panels: 0..<5)
        #expect(operands.multiply(kernel.table, .store, panels: 0..<5, scratch: true) == plain)
    }

    @Test(arguments: KernelCase.integers)
    func sumsAreThoseOfTheNumbersTheyStandFor(_ kernel: KernelCase) {
        let shape = Shape(rows: 3, panels: 2, depth: 130)
        let operands = IntegerOperands(kernel.element, shape)
        let result = operands.multiply(kernel.table, .store, panels: 0..<2)
        for row in 0..<3 {
            let activations = operands.activations(row)
            for column in 0..<32 {
                let products = (0..<130).map {
                    activations[$0] * Double(operands.weights[column][$0])
                }
                let expected = products.reduce(0, +) + Double(operands.bias[column])
                let magnitude = products.reduce(0) { $0 + abs($1) } + 1
                // Whole sums are exact; a few f32 operations for each group and the scales are not.
                #expect(abs(Double(result[row * 32 + column]) - expected) <= magnitude * 0x1p-18)
            }
        }
    }

    @Test(arguments: KernelCase.integers)
    func swiGLUAndAccumulateFollowTheSums(_ kernel: KernelCase) {
        let operands = IntegerOperands(kernel.element, Shape(rows: 7, panels: 4, depth: 70))
        let sums = operands.multiply(kernel.table, .store, panels: 0..<4)
        let gated = operands.multiply(kernel.table, .swiGLU, panels: 0..<4)
        let added = operands.multiply(kernel.table, .accumulate, panels: 0..<4, initial: 2)
        for row in 0..<7 {
            for column in 0..<32 {
                let gateColumn = column / 16 * 32 + column % 16
                let gate = sums[row * 64 + gateColumn]
                let up = sums[row * 64 + gateColumn + 16]
                let expected = gate / (1 + exponential(-gate)) * up
                #expect(abs(gated[row * 64 + column] - expected) <= abs(expected) * 0x1p-19 + 1e-6)
            }
            for column in 0..<64 {
                let expected = sums[row * 64 + column] + 2
                #expect(abs(added[row * 64 + column] - expected) <= abs(expected) * 0x1p-22 + 1e-6)
            }
        }
    }

    @Test(arguments: KernelCase.integers)
    func normsAndRowsAreEncodedAlike(_ kernel: KernelCase) {
        for depth in [1, 15, 16, 63, 64, 65, 130, 576] {
            let x = randomValues(depth, seed: 11, scale: 7)
            let weight = randomValues(depth, seed: 12, scale: 3)
            let fast = EncodedRow(depth: depth)
            let plain = EncodedRow(depth: depth)
            kernel.table.narrow(x, scale: 0.5, count: depth, into: fast.base)
            kernel.scalar.narrow(x, scale: 0.5, count: depth, into: plain.base)
            #expect(fast.numbers == plain.numbers && fast.sums == plain.sums)
            #expect(fast.scale == plain.scale)
            kernel.table.normalize(
                x, weight: weight, count: depth, epsilon: 1e-6, into: fast.base)
            kernel.scalar.normalize(
                x, weight: weight, count: depth, epsilon: 1e-6, into: plain.base)
            // The mean square may round differently and move a number by one.
            #expect(zip(fast.numbers, plain.numbers).allSatisfy { abs($0 - $1) <= 1 })
            #expect(abs(fast.scale - plain.scale) <= plain.scale * 0x1p-20)
        }
    }

    /// 3, −6.35 and 12.7 at scale 0.1: 30, −63.5 to either side, 127.
    @Test(arguments: KernelCase.integers.filter { $0.element == .int4 })
    func aRowByHand(_ kernel: KernelCase) {
        let row = EncodedRow(depth: 3)
        kernel.table.narrow([3, -6.35, 12.7], scale: 1, count: 3, into: row.base)
        #expect(row.scale == 12.7 / 127)
        #expect(row.numbers[0] == 30 && row.numbers[2] == 127)
        #expect(row.numbers[1] == -63 || row.numbers[1] == -64)
        #expect(row.numbers[3...].allSatisfy { $0 == 0 })
        #expect(row.sums == [row.numbers.reduce(0, +), row.numbers.reduce(0, +), 0])
    }

    /// A single 8 in a block of zeros mixes to 64 times 1 or −1: every number is ±127.
    @Test(arguments: KernelCase.integers.filter { $0.element == .int8 })
    func anOutlierIsSharedByItsBlock(_ kernel: KernelCase) {
        let row = EncodedRow(depth: 128)
        var x = [Float](repeating: 0, count: 128)
        x[5] = 8
        kernel.table.narrow(x, scale: 1, count: 128, into: row.base)
        #expect(row.scale == 1.0 / 127)
        for i in 0..<64 {
            #expect(row.numbers[i] == ((i & 5).nonzeroBitCount % 2 == 0 ? 127 : -127))
        }
        #expect(row.numbers[64...].allSatisfy { $0 == 0 })
    }

    @Test(arguments: KernelCase.integers)
    func aRowOfZerosStaysZero(_ kernel: KernelCase) {
        let row = EncodedRow(depth: 64)
        kernel.table.narrow([Float](repeating: 0, count: 64), scale: 1, count: 64, into: row.base)
        #expect(row.scale == 0 && row.numbers.allSatisfy { $0 == 0 })
    }

    /// Packing rounds by about half a step.
    ///
    /// int8: of the channel, for every mixed number, so in the mean for every true one. int4: of
    /// the group, whose range is cut in 15.
    @Test(arguments: [Element.int8, .int4])
    func packedWeightsAreCloseToTheTrueOnes(_ element: Element) {
        let depth = 200
        let rows = (0..<16).map { randomValues(depth, seed: UInt64($0), scale: 0.3) }
        let panel = UnsafeMutableRawPointer.allocate(
            byteCount: element.panelByteCount(depth: depth), alignment: 64)
        defer { panel.deallocate() }
        let layout = PanelLayout(element)
        layout.pack(
            rows: Array(rows.joined()), rowCount: 16, rowStride: depth, depth: depth,
            stepCount: element.stepCount(depth: depth), into: panel)
        let panels = PackedPanels(
            base: panel, panelStride: 0, stepCount: element.stepCount(depth: depth))
        for channel in 0..<16 {
            var values = [Float](repeating: 0, count: depth)
            layout.unpack(channel: channel, of: panels, depth: depth, into: &values)
            let row = rows[channel]
            let errors = zip(values, row).map { abs($0 - $1) }
            let largest = row.map(abs).max() ?? 0
            let squares = errors.reduce(0) { $0 + $1 * $1 } / Float(depth)
            if element == .int8 {
                // No mixed number is above √64 times the root mean square of its block.
                let bound = largest * 8 / 127 / 2
                #expect(squares <= bound * bound)
                #expect(squares > 0)
            } else {
                // Uniform numbers cut in 15 steps leave a step's 12th part of a square.
                let step = 2 * largest / 15
                #expect(squares <= step * step / 12 * 1.1)
                #expect(errors.allSatisfy { $0 <= step * 1.5 })
            }
        }
    }

    /// Blocks of 32 with scale and minimum of their own, as GGUF's Q4_1 has them, survive.
    @Test func numbersOnAGridOfSixteenAreKept() {
        let depth = 96
        let row = (0..<depth).map { index in
            // Every group holds its ends, 0 and 15.
            let n = index % 32 == 0 ? 0 : index % 32 == 1 ? 15 : (index * 7) % 16
            return 0.0078125 * Float(1 + index / 32) * Float(n) - 0.0625
        }
        let panel = UnsafeMutableRawPointer.allocate(
            byteCount: Element.int4.panelByteCount(depth: depth), alignment: 64)
        defer { panel.deallocate() }
        let steps = Element.int4.stepCount(depth: depth)
        PanelLayout(.int4).pack(
            rows: row, rowCount: 1, rowStride: depth, depth: depth, stepCount: steps, into: panel)
        var values = [Float](repeating: 0, count: depth)
        PanelLayout(.int4).unpack(
            channel: 0, of: PackedPanels(base: panel, panelStride: 0, stepCount: steps),
            depth: depth, into: &values)
        // f16 holds ratios of scales to 11 bits.
        #expect(zip(values, row).allSatisfy { abs($0 - $1) <= 0.36 * 0x1p-10 })
    }
}
