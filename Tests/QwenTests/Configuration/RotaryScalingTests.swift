import Testing

@testable import Qwen

/// Divisors of a head of 16 numbers at base 10000, from `scripts/reference/rotary.py`.
@Suite struct RotaryScalingTests {
    private func divisors(_ scaling: RotaryScaling) -> [Double] {
        let plain = RotaryScaling().angles(base: 10000, headDimension: 16)
        let angles = scaling.angles(base: 10000, headDimension: 16)
        return zip(plain, angles).map { $0 / $1 }
    }

    private func expect(_ scaling: RotaryScaling, _ expected: [Double]) {
        let found = divisors(scaling)
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(abs(found / expected - 1) < 1e-8, "\(found) and \(expected)")
        }
    }

    private func scaling(_ kind: RotaryScaling.Kind, divisors: [Double]? = nil) -> RotaryScaling {
        var scaling = RotaryScaling()
        scaling.kind = kind
        scaling.divisors = divisors
        return scaling
    }

    @Test func plainAnglesFallFromOneToAlmostTheBase() {
        let angles = RotaryScaling().angles(base: 10000, headDimension: 4)
        #expect(angles == [1, 0.01])
    }

    @Test func linearDividesAll() {
        expect(scaling(.linear(factor: 4)), Array(repeating: 4, count: 8))
    }

    /// Wavelengths of 6.3, 20 and 63 positions against the borders 16 and 64.
    @Test func llama3DividesTheSlowPairs() {
        let llama3 = RotaryScaling.Llama3(
            factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 64)
        expect(
            scaling(.llama3(llama3)), [1, 1.29397583, 7.66738513, 8, 8, 8, 8, 8])
    }

    @Test func yarnGoesOverFromWholePairToWholePair() {
        var yarn = RotaryScaling.YaRN(factor: 4, originalPositions: 4096)
        expect(scaling(.yarn(yarn)), [1, 1, 1, 1.23076923, 1.6, 2.28571429, 4, 4])
        yarn.truncates = false
        expect(scaling(.yarn(yarn)), [1, 1, 1, 1.10516562, 1.52509432, 2.45970665, 4, 4])
        yarn = RotaryScaling.YaRN(factor: 4, originalPositions: 32)
        expect(scaling(.yarn(yarn)), [1, 1.6, 4, 4, 4, 4, 4, 4])
        #expect(abs(RotaryScaling.magnitude(factor: 4) - 1.138629436111989) < 1e-15)
        #expect(RotaryScaling.magnitude(factor: 1) == 1)
    }

    @Test func divisorsActBesideAKind() {
        expect(
            scaling(.linear(factor: 4), divisors: [1, 1, 1.5, 4, 8, 8, 8, 8]),
            [4, 4, 6, 16, 32, 32, 32, 32])
    }

    @Test func theMagnitudeIsInCosinesAndSines() {
        var scaling = RotaryScaling()
        scaling.magnitude = 1.25
        let table = RotaryTable(positions: 2, headDimension: 4, base: 10000, scaling: scaling)
        #expect(table.cosine[0] == 1.25 && table.sine[0] == 0)
        #expect(abs(table.sine[2] - 1.25 * 0.841_470_98) < 1e-6)
    }

    /// What a GGUF file's divisors are called in `config.json`: Llama 3.1's are found again.
    @Test func divisorsOfLlama3HaveWords() {
        let llama3 = RotaryScaling.Llama3(
            factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192)
        let plain = RotaryScaling().angles(base: 500_000, headDimension: 64)
        let stored = plain.map { Double(Float(llama3.divisor(of: $0))) }
        let named = scaling(.none, divisors: stored).namable(base: 500_000, headDimension: 64)
        #expect(named == scaling(.llama3(llama3)))
        let others = scaling(.none, divisors: [1, 1, 1.5, 4, 8, 8, 8, 8])
        #expect(others.namable(base: 10000, headDimension: 16) == nil)
        let ones = scaling(.none, divisors: Array(repeating: 1, count: 8))
        #expect(ones.namable(base: 10000, headDimension: 16) == RotaryScaling())
    }

    @Test(arguments: [
        (RotaryScaling.Kind.linear(factor: 0), "scaled by 0"),
        (.linear(factor: .nan), "scaled by nan"),
        (.yarn(RotaryScaling.YaRN(factor: 0.5, originalPositions: 32)), "the factor 0.5"),
        (.yarn(RotaryScaling.YaRN(factor: 4, originalPositions: 0)), "from 0"),
        (
            .llama3(
                RotaryScaling.Llama3(
                    factor: 8, lowFrequencyFactor: 4, highFrequencyFactor: 4,
                    originalPositions: 64)), "low_freq_factor 4.0"
        ),
    ])
    func whatNoFileCanMeanIsRefused(_ kind: RotaryScaling.Kind, _ says: String) throws {
        var model = try ReferenceFixture.load("llama-gqa").model
        model.rotaryScaling.kind = kind
        let error = #expect(throws: QwenError.self) { try model.validate() }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}
