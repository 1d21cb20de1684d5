#if canImport(Glibc)
internal import Glibc
#endif

/// How a model that was trained on fewer positions stretches them: what becomes of the angle that
/// each pair of a head turns by from one position to the next.
///
/// θᵢ = base^(−2i / d) for pair i of a head of d numbers. Formulas: `docs/models.md`, "Rotary
/// positions".
package struct RotaryScaling: Sendable, Equatable, Codable {
    package enum Kind: Sendable, Equatable, Codable {
        /// θᵢ as it is.
        case none
        /// θᵢ / factor (kaiokendev; Chen et al., 2023).
        case linear(factor: Double)
        case llama3(Llama3)
        case yarn(YaRN)
    }

    /// Llama 3.1's: slow pairs are divided, fast ones are not.
    package struct Llama3: Sendable, Equatable, Codable {
        package var factor: Double
        package var lowFrequencyFactor: Double
        package var highFrequencyFactor: Double
        package var originalPositions: Int

        package init(
            factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double,
            originalPositions: Int
        ) {
            self.factor = factor
            self.lowFrequencyFactor = lowFrequencyFactor
            self.highFrequencyFactor = highFrequencyFactor
            self.originalPositions = originalPositions
        }
    }

    /// Peng et al., YaRN, 2023, as transformers and llama.cpp compute it.
    package struct YaRN: Sendable, Equatable, Codable {
        package var factor: Double
        package var originalPositions: Int
        package var betaFast: Double = 32
        package var betaSlow: Double = 1
        /// Whether the borders of the ramp are whole pairs.
        package var truncates = true

        package init(factor: Double, originalPositions: Int) {
            self.factor = factor
            self.originalPositions = originalPositions
        }
    }

    package var kind: Kind = .none
    /// What each θᵢ is divided by further, d / 2 numbers: `rope_freqs.weight` of GGUF files.
    package var divisors: [Double]?
    /// What cosines and sines are multiplied by, YaRN's correction of the scores among it.
    package var magnitude = 1.0

    package init() {}

    /// What YaRN multiplies cosines and sines by where a file says nothing else.
    ///
    /// - Parameter scale: of the logarithm; transformers' `mscale`.
    package static func magnitude(factor: Double, scale: Double = 1) -> Double {
        factor <= 1 ? 1 : 0.1 * scale * log(factor) + 1
    }

    /// The angles θ′ᵢ of a head's pairs.
    func angles(base: Double, headDimension: Int) -> [Double] {
        let dimension = Double(headDimension)
        let plain = (0..<headDimension / 2).map { pow(base, -2 * Double($0) / dimension) }
        var angles: [Double]
        switch kind {
        case .none: angles = plain
        case .linear(let factor): angles = plain.map { $0 / factor }
        case .llama3(let llama3): angles = plain.map { $0 / llama3.divisor(of: $0) }
        case .yarn(let yarn):
            let borders = yarn.ramp(base: base, dimension: dimension)
            angles = plain.enumerated().map { pair, angle in
                let share = (Double(pair) - borders.start) / (borders.end - borders.start)
                let stretched = min(max(share, 0), 1)
                return angle * (1 - stretched) + angle / yarn.factor * stretched
            }
        }
        if let divisors {
            for (pair, divisor) in divisors.enumerated() { angles[pair] /= divisor }
        }
        return angles
    }
}

extension RotaryScaling.Llama3 {
    /// What an angle is divided by.
    package func divisor(of angle: Double) -> Double {
        let wavelength = 2 * Double.pi / angle
        let original = Double(originalPositions)
        if wavelength < original / highFrequencyFactor { return 1 }
        if wavelength > original / lowFrequencyFactor { return factor }
        let smooth =
            (original / wavelength - lowFrequencyFactor)
            / (highFrequencyFactor - lowFrequencyFactor)
        return 1 / ((1 - smooth) / factor + smooth)
    }
}

extension RotaryScaling.YaRN {
    /// The pairs between which angles go over from their own to divided ones.
    fileprivate func ramp(base: Double, dimension: Double) -> (start: Double, end: Double) {
        // The pair that turns so many times within the original positions.
        func pair(turns: Double) -> Double {
            dimension * log(Double(originalPositions) / (turns * 2 * .pi)) / (2 * log(base))
        }
        var start = pair(turns: betaFast)
        var end = pair(turns: betaSlow)
        if truncates {
            start = start.rounded(.down)
            end = end.rounded(.up)
        }
        start = max(start, 0)
        end = min(end, dimension - 1)
        return (start, start == end ? end + 0.001 : end)
    }
}

extension RotaryScaling {
    /// Refuses what no file can mean.
    ///
    /// - Returns: what is wrong with it; nil if nothing.
    func problem(base: Double, headDimension: Int) -> String? {
        func isFactor(_ number: Double) -> Bool { number >= 1 && number <= 1e6 }
        switch kind {
        case .none: break
        case .linear(let factor):
            // A GGUF file may shrink positions too.
            guard factor > 0, factor <= 1e6 else { return "positions are scaled by \(factor)" }
        case .llama3(let llama3):
            guard isFactor(llama3.factor) else {
                return "positions are scaled by the factor \(llama3.factor)"
            }
            guard llama3.lowFrequencyFactor > 0,
                llama3.highFrequencyFactor > llama3.lowFrequencyFactor,
                llama3.highFrequencyFactor <= 1e6
            else {
                return "its low_freq_factor \(llama3.lowFrequencyFactor) is not above 0 and below "
                    + "its high_freq_factor \(llama3.highFrequencyFactor)"
            }
            guard 1...(1 << 24) ~= llama3.originalPositions else {
                return "positions are scaled from \(llama3.originalPositions)"
            }
        case .yarn(let yarn):
            guard isFactor(yarn.factor) else {
                return "positions are scaled by the factor \(yarn.factor)"
            }
            guard yarn.betaSlow > 0, yarn.betaFast >= yarn.betaSlow, yarn.betaFast <= 1e6 else {
                return "its beta_slow \(yarn.betaSlow) is not above 0 and up to its beta_fast "
                    + "\(yarn.betaFast)"
            }
            guard base > 1 else { return "YaRN needs a rotary base above 1, not \(base)" }
            guard 1...(1 << 24) ~= yarn.originalPositions else {
                return "positions are scaled from \(yarn.originalPositions)"
            }
        }
        guard magnitude > 0, magnitude <= 1e6 else {
            return "cosines and sines are multiplied by \(magnitude)"
        }
        if let divisors {
            guard divisors.count == headDimension / 2 else {
                return "\(divisors.count) divisors of rotary angles are not \(headDimension / 2)"
            }
            guard divisors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
                return "a divisor of rotary angles is not a positive number"
            }
        }
        return nil
    }
}
