import Benchmark
import Kernels

/// Products of a feed-forward layer of Qwen1.5-0.5B, on every instruction set, for a step of
/// decoding (1 row), a batch (8) and a prompt (512).
///
/// Compare rows of one run with each other: a shared machine's clock is not another run's.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput],
        warmupIterations: 2,
        maxDuration: .seconds(2)
    )
    for element in Element.allCases {
        for instructionSet in InstructionSet.usable {
            for rows in [1, 8, 512] where instructionSet > .scalar || rows == 1 {
                Benchmark("\(element) \(instructionSet) \(rows) × 1024 × 2816") { benchmark in
                    guard let layer = Layer(element, instructionSet, rows: rows) else {
                        benchmark.error("the tables for \(instructionSet) are gone")
                        return
                    }
                    benchmark.startMeasurement()
                    for _ in benchmark.scaledIterations { layer.multiply() }
                    benchmark.stopMeasurement()
                }
            }
        }
    }
}

/// One weight matrix of 2816 outputs and 1024 inputs, and activations that meet it.
private final class Layer {
    private static let depth = 1024
    private static let channels = 2816

    private let kernels: KernelTable
    private let product: Product
    private let buffers: [UnsafeMutableRawPointer]

    init?(_ element: Element, _ instructionSet: InstructionSet, rows: Int) {
        guard let kernels = KernelTable(instructionSet, element) else { return nil }
        self.kernels = kernels
        let rowBytes = element.rowByteCount(depth: Self.depth)
        let panelBytes = element.panelByteCount(depth: Self.depth)
        let weights = Self.zeros(Self.channels / PackedPanels.channels * panelBytes)
        let activations = Self.zeros(rows * rowBytes)
        let result = Self.zeros(rows * Self.channels * 4)
        buffers = [weights, activations, result]
        product = Product(
            activations: activations,
            activationStride: rowBytes,
            rows: rows,
            panels: PackedPanels(
                base: weights, panelStride: panelBytes,
                stepCount: element.stepCount(depth: Self.depth)),
            result: result,
            resultStride: Self.channels * 4,
            output: .store)
    }

    deinit {
        for buffer in buffers { buffer.deallocate() }
    }

    func multiply() {
        kernels.multiply(product, panels: 0..<Self.channels / PackedPanels.channels)
    }

    private static func zeros(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        buffer.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return buffer
    }
}
