import Machine
import Synchronization
import Testing

@testable import Qwen

/// Packing gives back what it has read and written, part by part.
@Suite struct WeightPackerTests {
    /// Remembers which rows of matrices were read and not released yet.
    private final class RecordingSource: TensorSource {
        struct Row: Hashable {
            let tensor: TensorRole
            let row: Int
        }

        struct Record {
            var held: Set<Row> = []
            var mostHeld = 0
            var read: Set<Row> = []
            var releasedUnread = 0
        }

        let record = Mutex(Record())
        private let source: RandomTensorSource

        init(_ model: ModelConfiguration) {
            source = RandomTensorSource(model, seed: 7)
        }

        func readRow(
            _ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>
        ) {
            source.readRow(tensor, row: row, into: values)
            record.withLock { record in
                record.held.insert(Row(tensor: tensor, row: row))
                record.read.insert(Row(tensor: tensor, row: row))
                record.mostHeld = max(record.mostHeld, record.held.count)
            }
        }

        func release(_ tensor: TensorRole, rows: Range<Int>) {
            record.withLock { record in
                for row in rows where record.held.remove(Row(tensor: tensor, row: row)) == nil {
                    record.releasedUnread += 1
                }
            }
        }
    }

    @Test(arguments: [1, 2])
    func everyRowIsGivenBackOnceItIsPacked(threads: Int) throws {
        let model = ModelConfiguration(
            name: "recorded", architecture: .qwen2, hiddenSize: 48, layerCount: 2, headCount: 4,
            kvHeadCount: 2, headDimension: 12, intermediateSize: 80, vocabularySize: 1000,
            maximumPositions: 64, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)
        let layout = try WeightLayout(model, precision: .int8)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: layout.byteCount, alignment: 64)
        defer { memory.deallocate() }
        let source = RecordingSource(model)
        let packed = Mutex<[Range<Int>]>([])
        let packer = WeightPacker(
            model: model, layout: layout, source: source, base: memory,
            didPack: { range in packed.withLock { $0.append(range) } }, numbersHeld: 64 * 48)
        try packer.pack(on: Generation.pool(threads: threads, Topology.read()))
        source.record.withLock { record in
            #expect(record.releasedUnread == 0)
            // Norms and biases are a row each, and stay.
            let vectors = 1 + 2 * 2 + 2 * 3
            #expect(record.held.count == vectors)
            #expect(record.held.allSatisfy { $0.row == 0 && $0.tensor.shape(model).rows == 1 })
            let rows = TensorRole.all(model).map { $0.shape(model).rows }.reduce(0, +)
            #expect(record.read.count == rows)
            #expect(record.mostHeld <= threads * 96 + vectors)
        }
        let ranges = packed.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        for (first, second) in zip(ranges, ranges.dropFirst()) {
            #expect(first.upperBound <= second.lowerBound)
        }
        let whole = layout.matrices.map { $0.panelCount * $0.panelByteCount }.reduce(0, +)
        #expect(ranges.map(\.count).reduce(0, +) == whole)
    }
}
