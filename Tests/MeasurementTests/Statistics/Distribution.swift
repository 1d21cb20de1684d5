import Foundation
import TestSupport

/// What simulated values are drawn from.
enum Distribution: CaseIterable {
    case normal
    /// The logarithm is normal, of sd 1: a long tail.
    case logNormal
    /// Seven of ten near 10, three of ten near 20.
    case bimodal

    func draw(_ random: inout NormalNumbers) -> Double {
        switch self {
        case .normal: return 100 + random.next()
        case .logNormal: return exp(random.next())
        case .bimodal:
            let center = Double.random(in: 0..<1, using: &random.generator) < 0.7 ? 10.0 : 20
            return center + random.next()
        }
    }

    /// The true one, where the bimodal has 0.7·Φ(x − 10) = 0.5.
    var median: Double {
        switch self {
        case .normal: 100
        case .logNormal: 1
        case .bimodal: 10.565948821932863
        }
    }
}
