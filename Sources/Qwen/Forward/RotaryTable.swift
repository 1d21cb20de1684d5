#if canImport(Glibc)
internal import Glibc
#endif

/// Cosines and sines of the rotary embedding for every position a sequence may reach.
///
/// Angle of pair i at position p: p · θ′ᵢ, where θ′ᵢ is base^(−2i / d) (Su et al., RoFormer, 2021),
/// with d the head dimension, or what the model's scaling makes of it; computed in double, stored in
/// f32.
final class RotaryTable {
    /// (positions, d / 2) f32.
    let cosine: UnsafeMutablePointer<Float>
    /// (positions, d / 2) f32.
    let sine: UnsafeMutablePointer<Float>
    let base: Double

    init(positions: Int, headDimension: Int, base: Double, scaling: RotaryScaling) {
        let half = headDimension / 2
        self.base = base
        cosine = .allocate(capacity: positions * half)
        sine = .allocate(capacity: positions * half)
        let angles = scaling.angles(base: base, headDimension: headDimension)
        for position in 0..<positions {
            for (pair, step) in angles.enumerated() {
                let angle = Double(position) * step
                cosine[position * half + pair] = Float(cos(angle) * scaling.magnitude)
                sine[position * half + pair] = Float(sin(angle) * scaling.magnitude)
            }
        }
    }

    deinit {
        cosine.deallocate()
        sine.deallocate()
    }

    /// The base that a model rotates with after a prompt of `promptLength` tokens.
    ///
    /// Qwen v1 stretches it for prompts longer than it was trained on ("dynamic NTK"): with
    /// L = promptLength and T = trainedLength, α = max(2^⌈log₂(L / T) + 1⌉ − 1, 1) and
    /// base' = base · α^(d / (d − 2)) (`modeling_qwen.py` of Qwen-7B). The α of the prompt holds
    /// for all tokens decoded after it.
    static func base(_ model: ModelConfiguration, promptLength: Int) -> Double {
        guard model.usesDynamicNTK, let trained = model.trainedLength else {
            return model.ropeTheta
        }
        let exponent = (log2(Double(promptLength) / Double(trained)) + 1).rounded(.up)
        let alpha = max(exp2(exponent) - 1, 1)
        let width = Double(model.headDimension)
        return model.ropeTheta * pow(alpha, width / (width - 2))
    }
}

/// The cosines and sines that a sequence is rotated with; a trivial view of a table.
struct Rotation {
    /// (positions, d / 2) f32.
    let cosine: UnsafePointer<Float>
    let sine: UnsafePointer<Float>

    init(_ table: RotaryTable) {
        cosine = UnsafePointer(table.cosine)
        sine = UnsafePointer(table.sine)
    }
}
