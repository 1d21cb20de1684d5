import Qwen
import Testing

@Suite struct PresetTests {
    /// Parameters, and bytes of KV cache for each token at 16 bits: the published models'.
    static let published: [(name: String, parameters: Int, kvBytes: Int)] = [
        ("qwen1.5-0.5b", 463_987_712, 98_304),
        ("qwen1.5-1.8b", 1_836_828_672, 196_608),
        ("qwen1.5-4b", 3_950_369_280, 409_600),
        ("qwen1.5-7b", 7_721_324_544, 524_288),
        ("qwen1.5-14b", 14_167_290_880, 819_200),
        ("qwen1.5-32b", 32_512_218_112, 262_144),
        ("qwen1.5-72b", 72_287_920_128, 2_621_440),
        ("qwen1.5-110b", 111_209_914_368, 327_680),
        ("qwen-1.8b", 1_836_828_672, 196_608),
        ("qwen-7b", 7_721_324_544, 524_288),
        ("qwen-14b", 14_167_290_880, 819_200),
        ("qwen-72b", 72_287_920_128, 2_621_440),
        ("qwen2.5-0.5b", 494_032_768, 12_288),
        ("qwen2.5-1.5b", 1_543_714_304, 28_672),
        ("qwen2.5-3b", 3_085_938_688, 36_864),
        ("qwen2.5-7b", 7_615_616_512, 57_344),
        ("qwen2.5-14b", 14_770_033_664, 196_608),
        ("qwen2.5-32b", 32_763_876_352, 262_144),
        ("qwen2.5-72b", 72_706_203_648, 327_680),
        ("qwen3-0.6b", 596_049_920, 114_688),
        ("qwen3-1.7b", 1_720_574_976, 114_688),
        ("qwen3-4b", 4_022_468_096, 147_456),
        ("qwen3-8b", 8_190_735_360, 147_456),
        ("qwen3-14b", 14_768_307_200, 163_840),
        ("qwen3-32b", 32_762_123_264, 262_144),
    ]

    @Test(arguments: published)
    func sizesAreThePublishedOnes(_ name: String, _ parameters: Int, _ kvBytes: Int) throws {
        let preset = try ModelConfiguration.preset(named: name)
        try preset.validate()
        #expect(preset.parameterCount == parameters)
        #expect(preset.kvBytesPerToken(elementBytes: 2) == kvBytes)
    }

    @Test func everyPresetIsInTheTable() {
        #expect(ModelConfiguration.presets.map(\.name) == Self.published.map(\.name))
    }

    @Test func anUnknownNameListsTheKnownOnes() {
        let error = #expect(throws: QwenError.self) {
            try ModelConfiguration.preset(named: "qwen-8b")
        }
        #expect(error?.description.contains("qwen-8b") == true)
        #expect(error?.description.contains("qwen1.5-110b") == true)
    }

    /// Every tensor that a model must have, counted one by one.
    @Test(arguments: published)
    func parametersAreThoseOfTheTensors(_ name: String, _ parameters: Int, _ kvBytes: Int) throws {
        let preset = try ModelConfiguration.preset(named: name)
        let counted = TensorRole.all(preset).reduce(0) { sum, role in
            let shape = role.shape(preset)
            return sum + shape.rows * shape.columns
        }
        #expect(counted == parameters)
    }

    @Test func headsOfQwen3HaveASizeOfTheirOwn() throws {
        let preset = try ModelConfiguration.preset(named: "qwen3-32b")
        #expect(preset.headDimension == 128 && preset.queryWidth == 8192)
        #expect(preset.hiddenSize == 5120 && preset.biases == [] && preset.normalizesHeads)
    }

    @Test func qwen14BIsTrainedOn2048TokensAndStretchesBeyond() throws {
        let preset = try ModelConfiguration.preset(named: "qwen-14b")
        #expect(preset.trainedLength == 2048 && preset.usesDynamicNTK && preset.usesLogNAttention)
        #expect(try ModelConfiguration.preset(named: "qwen-72b").usesDynamicNTK == false)
    }

    struct Change: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let apply: @Sendable (inout ModelConfiguration) -> Void
    }

    static let impossible: [Change] = [
        Change(testDescription: "no layers") { $0.layerCount = 0 },
        Change(testDescription: "negative hidden size") { $0.hiddenSize = -1 },
        Change(testDescription: "huge vocabulary") { $0.vocabularySize = .max },
        Change(testDescription: "huge intermediate size") { $0.intermediateSize = 1 << 40 },
        Change(testDescription: "a hidden size beyond whole-number sums") {
            $0.hiddenSize = 131_072 + 64
        },
        Change(testDescription: "an intermediate size beyond whole-number sums") {
            $0.intermediateSize = 131_072 + 1
        },
        Change(testDescription: "heads beyond whole-number sums") {
            $0.headCount = 4096
            $0.kvHeadCount = 4096
            $0.headDimension = 64
        },
        Change(testDescription: "uneven groups") { $0.kvHeadCount = 3 },
        Change(testDescription: "odd head dimension") { $0.headDimension = 63 },
        Change(testDescription: "epsilon NaN") { $0.rmsNormEpsilon = .nan },
        Change(testDescription: "rotary base zero") { $0.ropeTheta = 0 },
        Change(testDescription: "rotary base infinite") { $0.ropeTheta = .infinity },
        Change(testDescription: "NTK without length") { $0.usesDynamicNTK = true },
        Change(testDescription: "trained on nothing") { $0.trainedLength = 0 },
    ]

    @Test(arguments: impossible)
    func shapesThatNoModelHasAreRefused(_ change: Change) throws {
        var configuration = try ModelConfiguration.preset(named: "qwen1.5-0.5b")
        change.apply(&configuration)
        #expect(throws: QwenError.self) { try configuration.validate() }
    }

    @Test func anInt8CacheHasNoMorePositionsThanCanBeSummed() throws {
        var preset = try ModelConfiguration.preset(named: "qwen1.5-0.5b")
        preset.maximumPositions = 1 << 20
        func estimate(_ cache: CachePrecision, _ capacity: Int) throws {
            _ = try MemoryEstimate(
                preset, precision: .int8, cache: cache, batch: 1, capacity: capacity, workers: 1)
        }
        try estimate(.int8, 131_072)
        try estimate(.bf16, 131_073)
        #expect(throws: QwenError.cacheTooLong(positions: 131_073, maximum: 131_072)) {
            try estimate(.int8, 131_073)
        }
    }
}
