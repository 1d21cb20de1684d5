import Basics

/// How the gaps between arrivals at a rate are drawn.
package enum ArrivalProcess: Equatable, Sendable {
    /// All gaps are alike.
    case constant
    /// Exponential gaps: arrivals that know nothing of each other.
    case poisson
    /// Gaps of a gamma distribution with this shape: 1 is ``poisson``, below 1 is burstier, above 1 is
    /// more even.
    ///
    /// It is what vLLM calls `--burstiness`: the scale is 1/(rate·shape), the coefficient of variation
    /// of the gaps 1/√shape. vLLM stretches the gaps afterwards so that they add up to the number of
    /// requests over the rate; here they stay as they are drawn.
    case gamma(shape: Double)

    /// The shapes that are allowed: beyond them all requests come at once, or none apart from its time.
    static let shapes = 0.01...1000

    /// Draws a gap, of which the mean is 1.
    func gap(_ generator: inout SplitMix64) -> Double {
        switch self {
        case .constant: 1
        case .poisson: generator.exponential()
        case .gamma(let shape): generator.gamma(shape: shape) / shape
        }
    }
}

// MARK: - Text

extension ArrivalProcess: CustomStringConvertible {
    /// Reads `constant`, `poisson` or `gamma:0.5`.
    init(_ text: OptionText) throws(WorkloadError) {
        let (name, shape) = text.split(at: ":")
        switch (name.text, shape) {
        case ("constant", nil): self = .constant
        case ("poisson", nil): self = .poisson
        case ("gamma", let shape?): self = .gamma(shape: try shape.decimal(in: Self.shapes))
        default: throw text.malformed
        }
    }

    package var description: String {
        switch self {
        case .constant: "constant"
        case .poisson: "poisson"
        case .gamma(let shape): "gamma:\(OptionText.text(shape))"
        }
    }
}
