import Kernels
import Machine
import Qwen
import Suite
import Sweep
import TestSupport
import Testing

@testable import tokenmark

/// The core behind the protocol that the sweep knows.
@Suite struct QwenEngineTests {
    private func engine() throws -> QwenEngine {
        let file = try TinyModelFile()
        let topology = try Topology.read()
        let placement = try Placement.choose(
            threads: nil, cpus: nil, topology: topology, limits: ResourceLimits.current())
        let loaded = try LoadedModel(
            withExtendedLifetime(file.directory) {
                try ModelSource(path: file.path, precision: .f32)
            },
            cache: nil,
            execution: Execution(
                pool: WorkerPool(placement: placement), instructionSet: .best, policy: .local,
                topology: topology))
        return QwenEngine(loaded, try RunFacts(loaded, loadSeconds: 0))
    }

    @Test func theContractOfEnginesIsKept() throws {
        for point in [
            Point(batch: 1, inputLength: 5, outputLength: 4),
            Point(batch: 3, inputLength: 7, outputLength: 1),
            Point(batch: 2, inputLength: 1, outputLength: 2),
        ] {
            #expect(try EngineContract.violations(of: engine(), at: point) == [])
        }
    }

    @Test func aPointBeyondTheModelIsSkippedNotFailed() throws {
        let point = Point(batch: 1, inputLength: 60, outputLength: 30)
        #expect(throws: UnrunnablePoint.self) { try engine().prepare(point) }
    }

    /// 1 layer, 1 kv head of 4 numbers padded to a panel, a block of 64 positions: keys 64 × 4 and
    /// values 64 × 16 numbers of 4 bytes, twice for a batch of two.
    @Test func theMemoryEstimateFollowsFromTheShapes() throws {
        let point = Point(batch: 2, inputLength: 10, outputLength: 6)
        let estimate = try #require(try engine().memoryEstimate(for: point))
        #expect(estimate.kvCacheBytes == 2 * (64 * 4 + 64 * 16) * 4)
    }
}
