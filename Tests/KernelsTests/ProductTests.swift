import Kernels
import PortableKernels
import Testing

@Suite struct ProductTests {
    struct Shape: Sendable {
        var rows: Int
        var panels: Int
        var depth: Int
    }

    // Rows and panels around the tile sizes (1…6 rows, 1…4 panels), depths around a step.
    static let shapes: [Shape] = [1, 2, 3, 4, 5, 6, 7, 13].flatMap { rows in
        [1, 2, 3, 4, 5, 9].flatMap { panels in
            [1, 2, 3, 64, 97].map { Shape(rows: rows, panels: panels, depth: $0) }
        }
    }

    @Test(arguments: KernelCase.all)
    func productsAgreeWithPlainArithmetic(_ kernel: KernelCase) {
        for shape in Self.shapes { expectPlainArithmetic(kernel, shape) }
    }

    private func expectPlainArithmetic(_ kernel: KernelCase, _ shape: Shape) {
        let operands = Operands(kernel, shape)
        let result = ElementBuffer(.f32, count: shape.rows * operands.columns)
        kernel.table.multiply(
            operands.product(into: result, stride: operands.columns * 4, .store),
            panels: 0..<shape.panels)
        operands.expect(result, output: .f32) { sum, _, _ in sum }
    }

    /// 67 rows of 20,000 bytes are three times what a kernel keeps in the cache at once.
    @Test(arguments: KernelCase.all)
    func rowsThatTheCacheCannotKeepMeetAllPanels(_ kernel: KernelCase) {
        expectPlainArithmetic(
            kernel, Shape(rows: 67, panels: 5, depth: 5000 * kernel.element.depthPerStep))
    }

    @Test(arguments: KernelCase.all)
    func aRangeOfPanelsLeavesTheOthersAlone(_ kernel: KernelCase) {
        let operands = Operands(kernel, Shape(rows: 7, panels: 9, depth: 33))
        let result = ElementBuffer(.f32, count: 7 * operands.columns)
        result.floats.update(repeating: -77, count: result.count)
        let product = operands.product(into: result, stride: operands.columns * 4, .store)
        kernel.table.multiply(product, panels: 2..<2)
        kernel.table.multiply(product, panels: 3..<8)
        for row in 0..<7 {
            for column in 0..<operands.columns where !(48..<128 ~= column) {
                #expect(result[row * operands.columns + column] == -77)
            }
        }
        #expect(result[48] != -77 && result[127] != -77)
    }

    @Test(arguments: KernelCase.all)
    func splittingPanelsOrRowsChangesNoBit(_ kernel: KernelCase) {
        let shape = Shape(rows: 13, panels: 9, depth: 70)
        let operands = Operands(kernel, shape)
        let whole = ElementBuffer(.f32, count: 13 * operands.columns)
        let parts = ElementBuffer(.f32, count: 13 * operands.columns)
        kernel.table.multiply(
            operands.product(into: whole, stride: operands.columns * 4, .store), panels: 0..<9)
        for row in 0..<13 {
            var single = operands
            single.firstRow = row
            single.shape.rows = 1
            let product = single.product(into: parts, stride: operands.columns * 4, .store)
            kernel.table.multiply(product, panels: 0..<5)
            kernel.table.multiply(product, panels: 5..<9)
        }
        #expect(whole.values == parts.values)
    }

    @Test(arguments: KernelCase.all)
    func accumulateAddsToWhatIsThere(_ kernel: KernelCase) {
        let operands = Operands(kernel, Shape(rows: 7, panels: 5, depth: 40), bias: true)
        let result = ElementBuffer(.f32, count: 7 * operands.columns)
        result.floats.update(repeating: 3, count: result.count)
        kernel.table.multiply(
            operands.product(into: result, stride: operands.columns * 4, .accumulate),
            panels: 0..<5)
        operands.expect(result, output: .f32) { sum, _, column in
            sum + operands.bias![column] + 3
        }
    }

    @Test(arguments: KernelCase.all)
    func rowScaleMultipliesBeforeTheBias(_ kernel: KernelCase) {
        let operands = Operands(
            kernel, Shape(rows: 8, panels: 3, depth: 40), bias: true, rowScale: true)
        let result = ElementBuffer(kernel.element, count: 8 * operands.columns)
        kernel.table.multiply(
            operands.product(
                into: result, stride: operands.columns * kernel.element.resultByteCount,
                .storeElement),
            panels: 0..<3)
        operands.expect(result, output: kernel.element) { sum, row, column in
            sum * operands.rowScale![row] + operands.bias![column]
        }
    }

    /// silu(x) is x far above zero and 0 far below, however far.
    @Test(arguments: KernelCase.all, [Float(100), 1e6, 1e15, 1e30])
    func swiGLUOfDistantGatesIsTheGateOrZero(_ kernel: KernelCase, _ size: Float) {
        var operands = Operands(kernel, Shape(rows: 3, panels: 4, depth: 8), bias: true)
        operands.bias = (0..<64).map { $0 / 16 % 2 == 1 ? 0 : $0 % 2 == 0 ? size : -size }
        let result = ElementBuffer(kernel.element, count: 3 * 32)
        kernel.table.multiply(
            operands.product(into: result, stride: 32 * kernel.element.resultByteCount, .swiGLU),
            panels: 0..<4)
        for row in 0..<3 {
            for column in 0..<32 {
                let gateColumn = column / 16 * 32 + column % 16
                let gate = operands.sum(row, gateColumn).sum + operands.bias![gateColumn]
                let up = operands.sum(row, gateColumn + 16).sum
                let expected = column % 2 == 0 ? gate * up : 0
                let error = abs(expected) * (kernel.rounding * 1.01 + 0x1p-18) + 1e-5
                #expect(abs(result[row * 32 + column] - expected) <= error)
            }
        }
    }

    @Test(arguments: KernelCase.all)
    func swiGLUJoinsPairsOfPanels(_ kernel: KernelCase) {
        for panels in [2, 4, 6, 10] {
            let operands = Operands(kernel, Shape(rows: 7, panels: panels, depth: 50))
            let half = operands.columns / 2
            let result = ElementBuffer(kernel.element, count: 7 * half)
            kernel.table.multiply(
                operands.product(
                    into: result, stride: half * kernel.element.resultByteCount, .swiGLU),
                panels: 0..<panels)
            for row in 0..<7 {
                for column in 0..<half {
                    let gateColumn = column / 16 * 32 + column % 16
                    let (gate, gateError) = operands.sum(row, gateColumn)
                    let (up, upError) = operands.sum(row, gateColumn + 16)
                    let silu = gate / (1 + exponential(-gate))
                    let expected = silu * up
                    // |silu′| ≤ 1.1; the exponential is good to a few units in the last place.
                    let error =
                        1.1 * gateError * abs(up) + abs(silu) * upError
                        + abs(expected) * (kernel.rounding * 1.01 + 0x1p-20) + 1e-30
                    #expect(abs(result[row * half + column] - expected) <= error)
                }
            }
            #expect(result.guardIsIntact)
        }
    }

    /// `down` of 72 B, 29,568 inputs: whatever the element, its 512 panels are read once for a chunk.
    @Test(arguments: Element.allCases) func weightsAreReadOnceForAChunk(_ element: Element) {
        let steps = element.stepCount(depth: 29568)
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: element.scratchByteCount(depth: 29568), alignment: 64)
        defer { scratch.deallocate() }
        #expect(steps_read_by_product(512, steps, 512, scratch) == 512 * steps)
        #expect(steps_read_by_product(1, steps, 512, scratch) == 512 * steps)
        #expect(steps_read_by_product(513, steps, 512, scratch) == 2 * 512 * steps)
    }

    /// Depth in spans, weights widened for many rows, few or many rows of the last block: with
    /// scratch a product takes other ways, which no bit may tell.
    @Test(arguments: KernelCase.all)
    func scratchChangesNoBit(_ kernel: KernelCase) {
        let shapes = [
            Shape(rows: 1, panels: 9, depth: 1100), Shape(rows: 17, panels: 3, depth: 2600),
            Shape(rows: 50, panels: 9, depth: 1031), Shape(rows: 515, panels: 2, depth: 70),
        ]
        for shape in shapes {
            let operands = Operands(kernel, shape, bias: true)
            let count = shape.rows * operands.columns
            let plain = ElementBuffer(.f32, count: count)
            let spans = ElementBuffer(.f32, count: count)
            kernel.table.multiply(
                operands.product(into: plain, stride: operands.columns * 4, .store),
                panels: 0..<shape.panels)
            let scratch = UnsafeMutableRawPointer.allocate(
                byteCount: kernel.element.scratchByteCount(depth: shape.depth), alignment: 64)
            defer { scratch.deallocate() }
            kernel.table.multiply(
                operands.product(
                    into: spans, stride: operands.columns * 4, .store, scratch: scratch),
                panels: 0..<shape.panels)
            #expect(plain.values == spans.values, "\(shape)")
        }
    }
}

/// exp in double, so that the expectation adds no error of its own.
func exponential(_ x: Float) -> Float {
    var term = 1.0
    var sum = 1.0
    // Halve until the series converges quickly, then square back.
    let scaled = Double(x) / 1024
    for n in 1..<12 {
        term *= scaled / Double(n)
        sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return Float(sum)
}
