import Foundation
import Kernels
import Machine
import Synchronization
import Testing

@testable import Qwen

/// Ranks that are threads of one process, against the whole model.
@Suite struct RankTests {
    /// Groups of 3 heads, parts of every kind that do not divide evenly, all biases.
    private static let grouped = ModelConfiguration(
        name: "grouped", architecture: .qwen2, hiddenSize: 96, layerCount: 2, headCount: 6,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 176, vocabularySize: 300,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false,
        biases: BiasedProducts(BiasedProducts.all))

    private static let tied: ModelConfiguration = {
        var model = grouped
        model.name = "tied"
        model.kvHeadCount = 6
        model.tiesEmbeddings = true
        return model
    }()

    @Test(arguments: [grouped, tied], [2, 3, 4])
    func addUpToTheWholeModel(_ model: ModelConfiguration, ranks: Int) throws {
        try compare(model, .f32, ranks: ranks, tolerance: 1e-4)
    }

    @Test(arguments: zip([Precision.bf16, .int8, .int4], [Float(0.05), 0.05, 0.1]))
    func quantisedPartsComeNear(_ precision: Precision, tolerance: Float) throws {
        try compare(Self.grouped, precision, ranks: 2, tolerance: tolerance)
    }

    /// Prompts of two lengths in lock step, then greedy tokens: in all ranks those of one process.
    @Test(arguments: [2, 3])
    func sessionsOfAllRanksChooseTheTokensOfOne(ranks: Int) throws {
        let source = RandomTensorSource(Self.grouped, seed: 5)
        let alone = try Session(
            model: Self.model(Self.grouped, nil, source, .f32), batch: 2, capacity: 32,
            availableBytes: nil)
        let expected = Self.tokens(of: alone)
        #expect(expected.count == 12 && !expected.contains(-1))
        let slices = SharedSlices(ranks: ranks)
        let sessions = try (0..<ranks).map { rank in
            try Session(
                model: Self.model(
                    Self.grouped, RankShare(Self.grouped, rank: rank, of: ranks), source, .f32),
                batch: 2, capacity: 32, availableBytes: nil,
                meeting: RankMeeting(
                    rank: rank, of: ranks, workers: 2, isCrowded: true, slices: slices.make))
        }
        let found = Mutex<[[Int32]]>([])
        let group = DispatchGroup()
        for session in sessions {
            nonisolated(unsafe) let session = session
            group.enter()
            Thread.detachNewThread {
                let tokens = Self.tokens(of: session)
                found.withLock { $0.append(tokens) }
                group.leave()
            }
        }
        group.wait()
        #expect(found.withLock { $0 } == Array(repeating: expected, count: ranks))
    }

    /// Two hosts, of which the first has a rank more: the logits of the whole model in each rank, to the bit
    /// the same in all, in steps of a prompt and of a token; a step is ended by what rank 0 says.
    @Test(arguments: [[1, 1], [2, 1], [3]])
    func logitsOfAllRanksAreGatheredInEach(hosts: [Int]) throws {
        let source = RandomTensorSource(Self.grouped, seed: 5)
        let alone = try Session(
            model: Self.model(Self.grouped, nil, source, .f32), batch: 2, capacity: 32,
            availableBytes: nil)
        let expected = Self.logits(of: alone)
        let ranks = hosts.reduce(0, +)
        let hall = HostHall(hosts: hosts.count)
        let memory = hosts.map { SharedSlices(ranks: $0) }
        let found = Mutex<[Int: [[Float]]]>([:])
        let group = DispatchGroup()
        for rank in 0..<ranks {
            let host = rank < hosts[0] ? 0 : 1
            let meeting = RankMeeting(
                rank: host == 0 ? rank : rank - hosts[0], of: hosts[host], workers: 2,
                isCrowded: true,
                hosts: hosts.count > 1 ? HostSums(hall.exchange(of: host), .f32) : nil,
                slices: memory[host].make)
            let model = try Self.model(
                Self.grouped, RankShare(Self.grouped, rank: rank, of: ranks), source, .f32)
            nonisolated(unsafe) let session = try Session(
                model: model, batch: 2, capacity: 32, availableBytes: nil, meeting: meeting,
                gathersLogits: true)
            nonisolated(unsafe) let own = meeting
            group.enter()
            Thread.detachNewThread {
                let logits = Self.logits(of: session)
                // Only the first is heard.
                let stops = [own.agree(rank == 0), own.agree(rank != 0)]
                found.withLock { $0[rank] = stops == [true, false] ? logits : [] }
                group.leave()
            }
        }
        group.wait()
        withExtendedLifetime(memory) {}
        let all = found.withLock { $0 }
        for rank in 1..<ranks { #expect(all[rank] == all[0], "rank \(rank)") }
        let first = try #require(all[0])
        #expect(first.count == expected.count)
        for (one, other) in zip(expected, first) {
            #expect(one.count == other.count)
            let largest = try #require(one.map(abs).max())
            for (one, other) in zip(one, other) { #expect(abs(one - other) <= 1e-4 * largest) }
        }
    }

    /// Of both sequences, in four steps.
    private static func logits(of session: Session) -> [[Float]] {
        let prompts: [Int32] = [3, 141, 299, 7, 255, 16, 15, 80, 200]
        session.start(promptLengths: [5, 4])
        prompts.withUnsafeBufferPointer { session.stagePrompts($0) }
        var all: [[Float]] = []
        for step in 0..<4 {
            session.forward()
            for sequence in 0..<2 {
                let logits = session.logits(sequence)
                all.append(Array(logits))
                // As a sampler does.
                logits.update(repeating: -.infinity)
            }
            let tokens: [Int32] = [Int32(step + 20), 299]
            tokens.withUnsafeBufferPointer { session.stageTokens($0) }
        }
        return all
    }

    private static func tokens(of session: Session) -> [Int32] {
        let prompts: [Int32] = [3, 141, 299, 7, 255, 16, 15, 80, 200]
        session.start(promptLengths: [5, 4])
        prompts.withUnsafeBufferPointer { session.stagePrompts($0) }
        var all: [Int32] = []
        for _ in 0..<6 {
            session.forward()
            let tokens = (0..<2).map { (try? session.greedyToken($0)) ?? -1 }
            all += tokens
            tokens.withUnsafeBufferPointer { session.stageTokens($0) }
        }
        return all
    }

    @Test func partsCoverAModelOnce() throws {
        for name in ["qwen1.5-0.5b", "qwen1.5-1.8b", "qwen-14b", "qwen1.5-110b"] {
            let model = try ModelConfiguration.preset(named: name)
            for ranks in 1...8 {
                let shares = try (0..<ranks).map { try RankShare(model, rank: $0, of: ranks) }
                for part in [\RankShare.heads, \.intermediate, \.vocabulary] {
                    let ranges = shares.map { $0[keyPath: part] }
                    #expect(ranges.first?.lowerBound == 0)
                    for (one, next) in zip(ranges, ranges.dropFirst()) {
                        #expect(one.upperBound == next.lowerBound)
                    }
                    #expect(ranges.allSatisfy { !$0.isEmpty })
                }
                #expect(shares.last?.heads.upperBound == model.headCount)
                #expect(shares.last?.intermediate.upperBound == model.intermediateSize)
                #expect(shares.last?.vocabulary.upperBound == model.vocabularySize)
                for share in shares {
                    try share.configuration.validate()
                    let group = model.headCount / model.kvHeadCount
                    #expect(
                        share.heads.allSatisfy { share.kvHeads.contains($0 / group) },
                        "\(name), rank \(share.rank) of \(ranks)")
                }
            }
        }
    }

    /// 110B has 8 key/value heads of 8 heads each: 12 ranks share some of them.
    @Test func keysAndValuesAreCopiedWhereThereAreFewerThanRanks() throws {
        let model = try ModelConfiguration.preset(named: "qwen1.5-110b")
        let shares = try (0..<12).map { try RankShare(model, rank: $0, of: 12) }
        #expect(shares.map(\.kvHeads.count) == Array(repeating: 1, count: 12))
        #expect(shares.map(\.heads.count) == [4, 4, 8, 4, 4, 8, 4, 4, 8, 4, 4, 8])
    }

    @Test func tooManyRanksAreRefused() throws {
        let message = try #require(
            throws: QwenError.self, performing: { try RankShare(Self.grouped, rank: 0, of: 7) }
        ).description
        #expect(message.contains("7 ranks are too many to share it: it has 6 heads"))
    }

    // MARK: -

    private func compare(
        _ model: ModelConfiguration, _ precision: Precision, ranks: Int, tolerance: Float
    ) throws {
        let source = RandomTensorSource(model, seed: 5)
        let prompt: [Int32] = [3, 141, 299, 7, 255, 16, 15, 80, 200]
        let alone = try Driver(
            [Self.core(try Self.model(model, nil, source, precision), meeting: nil)])
        let slices = SharedSlices(ranks: ranks)
        let together = try Driver(
            (0..<ranks).map { rank in
                let share = try RankShare(model, rank: rank, of: ranks)
                return try Self.core(
                    Self.model(model, share, source, precision),
                    meeting: RankMeeting(
                        rank: rank, of: ranks, workers: 2, isCrowded: true, slices: slices.make))
            })
        var tokens = prompt
        for _ in 0..<5 {
            let expected = try alone.step(tokens, isGiven: tokens.count > 1)
            let found = try together.step(tokens, isGiven: tokens.count > 1)
            let largest = try #require(expected.logits.map(abs).max())
            for (one, other) in zip(expected.logits, found.logits) {
                #expect(abs(one - other) <= tolerance * largest)
            }
            #expect(found.logits.count == model.vocabularySize)
            if precision == .f32 { #expect(found.token == expected.token) }
            tokens = [expected.token]
        }
    }

    private static func model(
        _ model: ModelConfiguration, _ share: RankShare?, _ source: RandomTensorSource,
        _ precision: Precision
    ) throws -> Model {
        let execution = try Execution(
            pool: WorkerPool(placement: .unpinned(threads: 2)), instructionSet: .best,
            policy: .local, topology: Topology.read())
        if let share {
            return try Model(
                share, source: source, precision: precision, execution: execution,
                availableBytes: nil)
        }
        return try Model(
            model, source: source, precision: precision, execution: execution, availableBytes: nil)
    }

    private static func core(
        _ model: Model, meeting: RankMeeting?
    ) throws -> InferenceCore {
        let plan = try SessionPlan(
            model.configuration, precision: model.precision, cache: model.cachePrecision, batch: 1,
            capacity: 64, workers: 2)
        try meeting?.open(for: plan)
        return try InferenceCore(
            model: model, plan: plan, slots: 1, capacity: 64, meeting: meeting)
    }
}

/// All ranks of a model, a thread each.
private final class Driver {
    private let cores: [InferenceCore]

    init(_ cores: [InferenceCore]) throws {
        self.cores = cores
        for core in cores { try core.admit(slot: 0, promptLength: 9) }
    }

    /// The logits of all ranks, and the token with the largest.
    func step(_ tokens: [Int32], isGiven: Bool) throws -> (logits: [Float], token: Int32) {
        for core in cores {
            _ = try tokens.withUnsafeBufferPointer {
                try core.add(
                    slot: 0, tokens: $0, wanted: tokens.count - 1..<tokens.count, isGiven: isGiven)
            }
        }
        let group = DispatchGroup()
        for core in cores {
            nonisolated(unsafe) let core = core
            group.enter()
            Thread.detachNewThread {
                core.run()
                group.leave()
            }
        }
        group.wait()
        let best = cores.compactMap { $0.largest(0) }.max {
            ($0.logit, $1.token) < ($1.logit, $0.token)
        }
        return (cores.flatMap { Array($0.logits(0)) }, try #require(best).token)
    }
}

/// Memory that the ranks of a test see: plain memory of this process.
final class SharedSlices {
    private let ranks: Int
    private var slices: [UnsafeMutableRawPointer] = []

    init(ranks: Int) { self.ranks = ranks }

    deinit { for slice in slices { slice.deallocate() } }

    /// The first who asks makes those of all.
    func make(_ byteCount: Int) -> [UnsafeMutableRawPointer] {
        guard slices.isEmpty else { return slices }
        slices = (0..<ranks).map { _ in
            let slice = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
            slice.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            return slice
        }
        return slices
    }
}
