import Kernels
import Qwen
import Testing

@Suite struct ReferenceModelTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let fixture: String
        let instructionSet: InstructionSet
        let precision: Precision

        var testDescription: String { "\(fixture) \(instructionSet) \(precision)" }

        static let all = ReferenceFixture.names.flatMap { fixture in
            InstructionSet.usable.flatMap { instructionSet in
                Precision.allCases.map {
                    Case(fixture: fixture, instructionSet: instructionSet, precision: $0)
                }
            }
        }

        /// Largest difference from the reference, relative to the largest logit.
        ///
        /// Measured on these models and doubled: they are far narrower than trained ones, so that
        /// the rounding errors of int4 hardly average out. f32 is held to 1e-4.
        var tolerance: Double {
            switch precision {
            case .f32: 1e-4
            case .bf16: 0.03
            case .int8: 0.07
            case .int4: 0.5
            }
        }
    }

    @Test(arguments: Case.all)
    func everyPromptAloneHasTheLogitsOfTheReference(_ test: Case) throws {
        let fixture = try ReferenceFixture.load(test.fixture)
        let generation = try Generation(
            fixture.model, source: RandomTensorSource(fixture.model, seed: fixture.seed),
            precision: test.precision, instructionSet: test.instructionSet)
        for (prompt, answer) in zip(fixture.prompts, fixture.answers) {
            let result = try generation.run(
                [prompt], count: answer.tokens.count, forced: [answer.tokens])[0]
            for (step, expected) in answer.logits.enumerated() {
                expect(result[step].logits, agreeWith: expected, within: test.tolerance)
            }
            if test.precision == .f32 {
                #expect(result.map(\.token) == answer.tokens)
            }
        }
    }

    /// Weights in f32, so that what differs comes from the cache; the last positions of a prompt
    /// see several panels of it.
    @Test(arguments: CachePrecision.allCases, InstructionSet.usable)
    func everyCacheIsCloseToTheReference(
        _ cache: CachePrecision, _ instructionSet: InstructionSet
    ) throws {
        let tolerances: [CachePrecision: Double] = [.f32: 1e-4, .bf16: 0.02, .int8: 0.05]
        for name in ReferenceFixture.names {
            let fixture = try ReferenceFixture.load(name)
            let generation = try Generation(
                fixture.model, source: RandomTensorSource(fixture.model, seed: fixture.seed),
                cache: cache, instructionSet: instructionSet)
            for (prompt, answer) in zip(fixture.prompts, fixture.answers) {
                let result = try generation.run(
                    [prompt], count: answer.tokens.count, forced: [answer.tokens])[0]
                for (step, expected) in answer.logits.enumerated() {
                    expect(
                        result[step].logits, agreeWith: expected, within: tolerances[cache] ?? 0)
                }
            }
        }
    }

    @Test(arguments: ReferenceFixture.names, [1, 2])
    func aBatchGivesEachPromptTheLogitsItGetsAlone(_ name: String, _ threads: Int) throws {
        let fixture = try ReferenceFixture.load(name)
        let formats = Precision.allCases.map { ($0, $0.defaultCache) } + [(.int8, .int8)]
        for (precision, cache) in formats {
            let generation = try Generation(
                fixture.model, source: RandomTensorSource(fixture.model, seed: fixture.seed),
                precision: precision, cache: cache, threads: threads)
            let prompts = Array(fixture.prompts[..<4])
            #expect(Set(prompts.map(\.count)).count == 1)
            let together = try generation.run(prompts, count: 3)
            for (index, prompt) in prompts.enumerated() {
                let alone = try generation.run([prompt], count: 3)[0]
                for step in 0..<3 {
                    #expect(together[index][step].logits == alone[step].logits)
                }
            }
        }
    }

    @Test(arguments: ReferenceFixture.names)
    func promptsOfDifferentLengthsShareABatch(_ name: String) throws {
        let fixture = try ReferenceFixture.load(name)
        let generation = try Generation(
            fixture.model, source: RandomTensorSource(fixture.model, seed: fixture.seed))
        let together = try generation.run(fixture.prompts, count: 2)
        for (index, prompt) in fixture.prompts.enumerated() {
            let alone = try generation.run([prompt], count: 2)[0]
            #expect(together[index].map(\.token) == alone.map(\.token))
            #expect(together[index][1].logits == alone[1].logits)
        }
    }

    @Test func threadsChangeNoBit() throws {
        let fixture = try ReferenceFixture.load("qwen2-gqa")
        for precision in Precision.allCases {
            let results = try [1, 2].map { threads in
                try Generation(
                    fixture.model, source: RandomTensorSource(fixture.model, seed: fixture.seed),
                    precision: precision, threads: threads
                ).run(fixture.prompts, count: 3).map { $0.map(\.logits) }
            }
            #expect(results[0] == results[1])
        }
    }

    /// Three key/value heads on two threads: the odd one is shared out once the context is long.
    @Test(arguments: CachePrecision.allCases)
    func sharingAHeadChangesNoBit(_ cache: CachePrecision) throws {
        let model = ModelConfiguration(
            name: "odd", architecture: .llama, hiddenSize: 48, layerCount: 2, headCount: 6,
            kvHeadCount: 3, headDimension: 40, intermediateSize: 64, vocabularySize: 50,
            maximumPositions: 400, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: true)
        let prompt = (0..<250).map { Int32($0 * 7 % 50) }
        let results = try [1, 2].map { threads in
            try Generation(
                model, source: RandomTensorSource(model, seed: 5), cache: cache, threads: threads
            ).run([prompt], count: 20).map { $0.map(\.logits) }
        }
        #expect(results[0] == results[1])
    }

    /// A prompt longer than a chunk passes the layers in pieces; the pieces must not show.
    @Test(arguments: [(CachePrecision.f32, 1e-5), (.int8, 0.05)])
    func aPromptOfSeveralChunksEqualsTheSameTokensOneByOne(
        _ cache: CachePrecision, _ tolerance: Double
    ) throws {
        let fixture = try ReferenceFixture.load("llama-gqa")
        var model = fixture.model
        model.maximumPositions = 1200
        let generation = try Generation(
            model, source: RandomTensorSource(model, seed: 1), cache: cache, threads: 2)
        let tokens = (0..<1100).map { Int32($0 * 31 % model.vocabularySize) }
        let whole = try generation.run([tokens], count: 1)[0][0].logits
        let pieces = try generation.run(
            [Array(tokens[..<1])], count: 1100, forced: [Array(tokens[1...])])[0][1099].logits
        expect(pieces, agreeWith: whole.map(Double.init), within: tolerance)
    }

    private func expect(
        _ actual: [Float], agreeWith expected: [Double], within tolerance: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(actual.count == expected.count, sourceLocation: sourceLocation)
        let largest = expected.map(abs).max() ?? 0
        let worst = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst <= tolerance * largest, sourceLocation: sourceLocation)
    }
}
