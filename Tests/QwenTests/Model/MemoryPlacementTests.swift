import Foundation
import Glibc
import Kernels
import TestSupport
import Testing

@testable import Machine
@testable import Qwen

@Suite struct MemoryPlacementTests {
    private static let model = ModelConfiguration(
        name: "placed", architecture: .qwen2, hiddenSize: 256, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 64, intermediateSize: 512, vocabularySize: 2000,
        maximumPositions: 256, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private static func placement(
        _ policy: MemoryPolicy, nodes: [Int] = [0, 1], weights: [Int: Int] = [:],
        shares: [MemoryPlacement.Share] = []
    ) -> MemoryPlacement {
        MemoryPlacement(
            policy: policy, memoryNodes: nodes, regions: ["weights": weights], shares: shares)
    }

    private static func share(_ node: Int?, bytes: Int, local: Int) -> MemoryPlacement.Share {
        MemoryPlacement.Share(thread: 3, node: node, bytes: bytes, localBytes: local)
    }

    @Test func oneNodeObeysEveryPolicy() {
        for policy in [.local, .interleave, .bind([0]), .replicate] as [MemoryPolicy] {
            let placement = Self.placement(
                policy, nodes: [0], weights: [0: 1000 << 20],
                shares: [Self.share(nil, bytes: 1000, local: 0)])
            #expect(placement.violations == [])
        }
    }

    @Test func localMeansEveryShareOnItsNode() {
        #expect(
            Self.placement(.local, shares: [Self.share(1, bytes: 1000, local: 990)]).violations
                == [])
        #expect(
            Self.placement(.local, shares: [Self.share(1, bytes: 1000, local: 989)]).violations
                == ["local: 11 of 1000 bytes of the weights of thread 3 are not on its node 1"])
        #expect(
            Self.placement(.local, shares: [Self.share(nil, bytes: 1000, local: 0)]).violations
                == ["local: thread 3 is not pinned, so nothing is local to it"])
    }

    @Test func replicateMeansTheWholeCopyOnTheThreadsNode() {
        #expect(
            Self.placement(.replicate, shares: [Self.share(0, bytes: 1000, local: 500)]).violations
                == ["replicate: 500 of 1000 bytes of the weights of thread 3 are not on its node 0"]
        )
    }

    @Test func interleaveMeansEvenWithinATwentieth() {
        let even = 1000 << 20
        func violations(_ first: Int, _ second: Int) -> [String] {
            Self.placement(.interleave, weights: [0: first, 1: second]).violations
        }
        #expect(violations(even + even / 20, even - even / 20) == [])
        #expect(
            violations(even + even / 20 + 1, even - even / 20 - 1) == [
                "interleave: bytes of weights lie 1101004801 on node 0, 996147199 on node 1"
            ])
        #expect(violations(2 * even, 0).count == 1)
        // A region of two huge pages has one on each node, or a small tail on one.
        #expect(violations(3 << 20, 0) == [])
    }

    @Test func interleaveCountsNodesThatHaveNothing() {
        let placement = Self.placement(
            .interleave, nodes: [0, 1, 2], weights: [0: 500 << 20, 1: 500 << 20])
        #expect(placement.violations.count == 1)
    }

    @Test func bindMeansNothingElsewhere() {
        #expect(
            Self.placement(.bind([1]), weights: [0: 0, 1: 4096]).violations == [])
        #expect(
            Self.placement(.bind([1]), weights: [0: 4096, 1: 1 << 30]).violations == [
                "bind:1: bytes of weights lie 4096 on node 0, 1073741824 on node 1"
            ])
    }

    @Test func namesAreThoseOfReports() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let placement = Self.placement(
            .local, weights: [0: 5, 1: 6], shares: [Self.share(1, bytes: 8, local: 7)])
        let data = try encoder.encode(placement)
        #expect(
            String(decoding: data, as: UTF8.self) == """
                {"memory_nodes":[0,1],"policy":"local","regions":{"weights":{"0":5,"1":6}},\
                "shares":[{"bytes":8,"local_bytes":7,"node":1,"thread":3}]}
                """)
        #expect(try JSONDecoder().decode(MemoryPlacement.self, from: data) == placement)
    }

    @Test(arguments: [.local, .interleave, .bind([0]), .replicate] as [MemoryPolicy])
    func allBytesOfASessionAreFound(_ policy: MemoryPolicy) throws {
        let model = try Self.load(policy)
        let session = try Session(model: model, batch: 2, capacity: 200, availableBytes: nil)
        let placement = session.memoryPlacement()
        #expect(placement.unknown == nil)
        #expect(placement.violations == [])
        let totals = placement.regions.mapValues { $0.values.reduce(0, +) }
        #expect(
            totals == [
                "weights": model.weightBytes, "kv_cache": session.kvCacheBytes,
                "scratch": session.scratchBytes,
            ])
        if policy == .replicate {
            #expect(placement.shares.map(\.bytes) == [model.weightBytes])
        }
        if policy == .local {
            let share = try #require(placement.shares.first)
            // All but what belongs to nobody: the embedding, biases, norms and border pages.
            #expect(share.localBytes == share.bytes)
            #expect(share.bytes < model.weightBytes - 2000 * 256)
            #expect(share.bytes > model.weightBytes / 3)
        }
    }

    @Test func replicatedWeightsGiveTheSameLogits() throws {
        let local = try Generation(model: Self.load(.local)).run([[3, 1, 4], [1, 5]], count: 3)
        let model = try Self.load(.replicate)
        let copied = try Generation(model: model).run([[3, 1, 4], [1, 5]], count: 3)
        #expect(copied.joined().map(\.logits) == local.joined().map(\.logits))
        // The one thread has one node.
        #expect(model.weightCopies == 1)
    }

    @Test func aCopyHasEveryByte() throws {
        // Before the model's pool, which leaves the calling thread one CPU.
        let pool = try Generation.pool(threads: Self.threads, Topology.read())
        let model = try Self.load(.local)
        let weights = model.weights.copies[0]
        let copy = ModelWeights(
            copying: weights, pool: pool,
            region: try model.execution.region(byteCount: weights.layout.byteCount))
        #expect(copy.bytes.elementsEqual(weights.bytes))
    }

    /// One node is told to be two, so that a share lies where it should not.
    @Test(.enabled(if: MemoryPlacementTests.threads > 1, "one CPU: no two nodes to tell"))
    func packedFileThatLiesElsewhereIsCopied() throws {
        let directory = TemporaryDirectory()
        let path = directory.path("model.packed")
        let real = try Topology.read()
        let pool = try Generation.pool(threads: 2, real)
        _ = try PackedModelWriter(Self.model, precision: .f32, origin: "a test").write(
            RandomTensorSource(Self.model, seed: 7), to: path, on: pool)
        let second = try #require(pool.pins[1].askedCPU)
        func model(_ topology: Topology) throws -> Model {
            try Model(
                PackedModelFile(path: path),
                execution: Execution(
                    pool: pool, instructionSet: .best, policy: .local, topology: topology),
                availableBytes: nil)
        }
        let mapped = try model(Self.told(real, nodeOf: { _ in 0 }))
        #expect(mapped.weights.copies[0].region == nil)
        let copied = try model(Self.told(real, nodeOf: { $0 == second ? 1 : 0 }))
        #expect(copied.weights.copies[0].region != nil)
        #expect(
            copied.weights.copies[0].bytes.elementsEqual(mapped.weights.copies[0].bytes))
        let violations = copied.memoryPlacement().violations
        #expect(violations.count == 1)
        #expect(violations.first?.contains("thread 1 are not on its node 1") == true)
    }

    static let threads = min(2, (try? ResourceLimits.current().allowedCPUs.count) ?? 1)

    private static func load(_ policy: MemoryPolicy) throws -> Model {
        let topology = try Topology.read()
        return try Model(
            model, source: RandomTensorSource(model, seed: 7), precision: .f32,
            execution: Execution(
                pool: Generation.pool(threads: 1, topology), instructionSet: .best, policy: policy,
                topology: topology),
            availableBytes: nil)
    }

    /// The machine with its CPUs on other nodes, all of which have memory.
    private static func told(_ real: Topology, nodeOf: (Int) -> Int) -> Topology {
        let cpus = real.cpus.map {
            LogicalCPU(
                id: $0.id, core: $0.core, package: $0.package, node: nodeOf($0.id),
                siblings: $0.siblings)
        }
        let nodes = Set(cpus.map(\.node)).sorted()
        return Topology(
            cpus: cpus,
            nodes: nodes.map { node in
                NUMANode(
                    id: node, cpus: CPUSet(cpus.filter { $0.node == node }.map(\.id)),
                    memoryBytes: 1 << 30, distances: nodes.map { $0 == node ? 10 : 20 })
            }, caches: [])
    }
}
