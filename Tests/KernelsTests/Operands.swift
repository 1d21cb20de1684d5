import Kernels
import Testing

/// The operands of one product, rounded to the element, and its expected sums.
struct Operands {
    let kernel: KernelCase
    var shape: ProductTests.Shape
    var firstRow = 0
    let activations: ElementBuffer
    let weights: [ElementBuffer]
    let packed: ElementBuffer
    var bias: [Float]?
    let rowScale: [Float]?
    let paddedDepth: Int

    var columns: Int { shape.panels * PackedPanels.channels }

    init(
        _ kernel: KernelCase, _ shape: ProductTests.Shape, bias: Bool = false,
        rowScale: Bool = false
    ) {
        self.kernel = kernel
        self.shape = shape
        let element = kernel.element
        let columns = shape.panels * PackedPanels.channels
        let steps = element.stepCount(depth: shape.depth)
        paddedDepth = steps * element.depthPerStep
        // Activations are padded with zeros to whole steps, as the forward pass keeps them.
        let padded = paddedDepth
        activations = kernel.narrowed(
            (0..<shape.rows).flatMap { row in
                randomValues(shape.depth, seed: UInt64(1000 + row))
                    + [Float](repeating: 0, count: padded - shape.depth)
            })
        let rows = (0..<columns).map { randomValues(shape.depth, seed: UInt64($0)) }
        weights = rows.map(kernel.narrowed)
        packed = ElementBuffer(element, count: columns * paddedDepth, offset: 0)
        for panel in 0..<shape.panels {
            PanelLayout(element).pack(
                rows: Array(rows[panel * 16..<panel * 16 + 16].joined()), rowCount: 16,
                rowStride: shape.depth, depth: shape.depth, stepCount: steps,
                into: packed.base + panel * steps * PackedPanels.stepByteCount)
        }
        self.bias = bias ? randomValues(columns, seed: 5) : nil
        self.rowScale = rowScale ? randomValues(shape.rows, seed: 6, scale: 2) : nil
    }

    func product(
        into result: ElementBuffer, stride: Int, _ output: Product.Output,
        scratch: UnsafeMutableRawPointer? = nil
    ) -> Product {
        let steps = kernel.element.stepCount(depth: shape.depth)
        let activationStride = paddedDepth * kernel.element.resultByteCount
        return Product(
            activations: activations.base + firstRow * activationStride,
            activationStride: activationStride,
            rows: shape.rows,
            panels: PackedPanels(
                base: packed.base, panelStride: steps * PackedPanels.stepByteCount,
                stepCount: steps),
            result: result.base + firstRow * stride,
            resultStride: stride,
            output: output,
            bias: bias.map { pointer(to: $0) },
            rowScale: rowScale.map { pointer(to: $0) },
            scratch: scratch)
    }

    /// The exact sum and the most an f32 sum may differ from it.
    ///
    /// A sum of n rounded products, in any order, is off by at most n · 2⁻²⁴ · Σ|aᵢ bᵢ| to first
    /// order (Higham, Accuracy and Stability of Numerical Algorithms, 3.1); 1.5 covers the rest.
    func sum(_ row: Int, _ column: Int) -> (sum: Float, error: Float) {
        var sum = 0.0
        var magnitude = 0.0
        for k in 0..<shape.depth {
            let product = Double(activations[row * paddedDepth + k]) * Double(weights[column][k])
            sum += product
            magnitude += abs(product)
        }
        return (Float(sum), Float(1.5 * Double(shape.depth + 2) * 0x1p-24 * magnitude))
    }

    func expect(
        _ result: ElementBuffer, output: Element,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ transform: (_ sum: Float, _ row: Int, _ column: Int) -> Float
    ) {
        let rounding: Float = output == .f32 ? 0x1p-22 : 0x1.02p-8
        for row in 0..<shape.rows {
            for column in 0..<columns {
                let (sum, error) = sum(row, column)
                let expected = transform(sum, row, column)
                let scale = max(1, abs(rowScale?[row] ?? 1))
                let allowed = error * scale + abs(expected) * rounding + 0x1p-22
                let actual = result[row * columns + column]
                #expect(
                    abs(actual - expected) <= allowed,
                    "\(kernel.testDescription) \(shape) row \(row) column \(column)",
                    sourceLocation: sourceLocation)
            }
        }
        #expect(result.guardIsIntact, sourceLocation: sourceLocation)
    }

    /// A pointer that outlives the test case; the few bytes are not freed.
    private func pointer(to values: [Float]) -> UnsafePointer<Float> {
        let copy = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
        copy.initialize(from: values, count: values.count)
        return UnsafePointer(copy)
    }
}
