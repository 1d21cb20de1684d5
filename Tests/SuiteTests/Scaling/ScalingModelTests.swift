import Measurement
import Qwen
import Suite
import Testing

/// Cells whose times are made by the formula: the fit must find its factors again.
@Suite struct ScalingModelTests {
    private typealias Times = ScalingModel.Times

    private let model = ModelConfiguration(
        name: "counted", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 128, vocabularySize: 64,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)
    private var subject: ScalingModel.Subject { ScalingModel.Subject(model, .f32) }
    private let shapes = [
        Shape(batch: 1, inputLength: 16, outputLength: 4),
        Shape(batch: 4, inputLength: 64, outputLength: 9),
    ]

    /// What a rank computes, for 1 ns a byte and 2 ps an operation.
    private func compute(_ shape: Shape, ranks: Int) throws -> Times {
        let part =
            ranks == 1 ? model : try RankShare(model, rank: 0, of: ranks).configuration
        let costs = try ForwardCosts(part, precision: .f32)
        let prompt = costs.prefill(batch: shape.batch, length: shape.inputLength)
        let steps = shape.outputLength - 1
        let rest = costs.decode(
            batch: shape.batch, inputLength: shape.inputLength, steps: steps)
        return Times(
            prefill: prompt.bytes * 1e-9 + prompt.operations * 2e-12,
            step: (rest.bytes * 1e-9 + rest.operations * 2e-12) / Double(steps))
    }

    /// 3 us a meeting of which a pass has 6, and 0.1 ns a byte that the other lets one read.
    private func exchange(_ shape: Shape) -> Times {
        let bytes = 5.0 * 64 * 4 * Double(shape.batch)
        return Times(
            prefill: 6 * 3e-6 + bytes * Double(shape.inputLength) * 1e-10,
            step: 6 * 3e-6 + bytes * 1e-10)
    }

    private func cells() throws -> [ScalingModel.Cell] {
        try shapes.flatMap { shape in
            let alone = try compute(shape, ranks: 1)
            let half = try compute(shape, ranks: 2)
            let exchanged = exchange(shape)
            return [
                ScalingModel.Cell(
                    shape, ranks: 1, alone, communication: Times(prefill: 0, step: 0)),
                ScalingModel.Cell(
                    shape, ranks: 2,
                    Times(
                        prefill: half.prefill + exchanged.prefill,
                        step: half.step + exchanged.step),
                    communication: exchanged),
            ]
        }
    }

    private func parts(_ ranks: Int) throws -> ScalingModel.Parts {
        try ScalingModel.Parts(subject, ranks: ranks)
    }

    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        guard let value else { return false }
        return abs(value / expected - 1) < 1e-6
    }

    @Test func theFactorsAreFound() throws {
        let scaling = try ScalingModel(try cells(), of: subject)
        for ranks in [1, 2] {
            #expect(isNear(scaling.paces[ranks]?.perByte, 1e-9))
            #expect(isNear(scaling.paces[ranks]?.perOperation, 2e-12))
        }
        #expect(isNear(scaling.secondsPerMeeting, 3e-6))
        #expect(isNear(scaling.secondsPerByteRead, 1e-10))
    }

    @Test func anotherCellIsForetold() throws {
        let scaling = try ScalingModel(try cells(), of: subject)
        let shape = Shape(batch: 2, inputLength: 128, outputLength: 3)
        let foretold = scaling.foretell(shape, of: try parts(2))
        let compute = try compute(shape, ranks: 2)
        let exchange = exchange(shape)
        #expect(isNear(foretold?.times.prefill, compute.prefill + exchange.prefill))
        #expect(isNear(foretold?.times.step, compute.step + exchange.step))
        #expect(isNear(foretold?.communication.step, exchange.step))
        #expect(scaling.foretell(shape, of: try parts(3)) == nil)
    }

    /// Two rounds of 10 us each for six meetings, and the bytes at 10 GB/s: a host of its own has the
    /// pace of one rank.
    @Test func hostsOfTheirOwnMeetOverTheLink() throws {
        let scaling = try ScalingModel(try cells(), of: subject)
        let shape = shapes[1]
        let foretold = scaling.foretell(
            shape, of: try parts(4), over: Link(gigabits: 80, microseconds: 10))
        let compute = try compute(shape, ranks: 4)
        let bytes = 5.0 * 64 * 4 * 4
        #expect(isNear(foretold?.communication.step, 2 * 6 * 10e-6 + 3 * bytes / 10e9))
        #expect(
            isNear(foretold?.times.step, compute.step + 2 * 6 * 10e-6 + 3 * bytes / 10e9))
    }

    /// A step that takes half as long for an operation as a prompt does would have bytes of less than
    /// no cost.
    ///
    /// With none, y · 1 = 1 and y · 2 = 1 are best missed by y = 3/5.
    @Test func noFactorIsNegative() throws {
        let shape = shapes[0]
        let costs = try ForwardCosts(model, precision: .f32)
        let prompt = costs.prefill(batch: 1, length: 16)
        let rest = costs.decode(batch: 1, inputLength: 16, steps: 3)
        let cell = ScalingModel.Cell(
            shape, ranks: 1,
            Times(prefill: prompt.operations * 1e-12, step: rest.operations / 3 * 0.5e-12),
            communication: Times(prefill: 0, step: 0))
        let pace = try #require(try ScalingModel([cell], of: subject).paces[1])
        #expect(pace.perByte == 0)
        #expect(isNear(pace.perOperation, 0.6e-12))
    }

    @Test func whatCannotBeForetoldFromIsRefused() throws {
        let cells = try cells()
        #expect(throws: UsageError.self) {
            try ScalingModel(cells.filter { $0.ranks == 2 }, of: subject)
        }
        let short = ScalingModel.Cell(
            Shape(batch: 1, inputLength: 8, outputLength: 1), ranks: 1,
            Times(prefill: 1, step: 1), communication: Times(prefill: 0, step: 0))
        #expect(throws: UsageError.self) { try ScalingModel(cells + [short], of: subject) }
        #expect(throws: QwenError.self) { try parts(64) }
    }
}
