import Foundation
import Measurement
import Sweep
import TestSupport
import Testing

/// What `--until-ci` promises, by simulation.
struct ConvergenceTests {
    /// What the time to first token is drawn from; the noise is its spread as a share.
    enum Law: CaseIterable {
        case normal
        case logNormal
        /// Three of four values are near 100, the others three noises above: a neighbour comes and goes.
        /// With as many on both sides the median lies between the peaks and no interval gets narrow.
        case twoPeaked

        func draw(_ noise: Double, _ random: inout NormalNumbers) -> Double {
            switch self {
            case .normal: return 100 * (1 + noise * random.next())
            case .logNormal: return 100 * exp(noise * random.next())
            case .twoPeaked:
                let isSlow = Double.random(in: 0..<1, using: &random.generator) < 0.25
                return 100 * (1 + noise * ((isSlow ? 3 : 0) + random.next() / 2))
            }
        }

        /// The true one: where 0.75·Φ(2x) + 0.25·Φ(2x − 6) = 0.5 in noises above 100.
        func median(_ noise: Double) -> Double {
            switch self {
            case .normal, .logNormal: 100
            case .twoPeaked: 100 * (1 + noise * 0.215_363_6)
            }
        }
    }

    /// One point repeated until it is known; the output has one token, so that one metric decides.
    private func repeated(
        _ law: Law, noise: Double, _ convergence: Convergence, _ random: inout NormalNumbers
    ) -> [Sample] {
        var samples: [Sample] = []
        while samples.count < Convergence.mostRepetitions, !convergence.isReached(by: samples) {
            samples.append(Sample(forward: [law.draw(noise, &random)]))
        }
        return samples
    }

    /// The interval that the report shows holds the median as often as it says, at the number of
    /// repetitions where it ends.
    @Test(arguments: Law.allCases, [0.01, 0.03, 0.06])
    func theReportedIntervalKeepsItsCoverage(law: Law, noise: Double) throws {
        for width in [0.02, 0.05] {
            var grid = Grid(batches: [1], pairs: [LengthPair(8, 1)])
            let convergence = Convergence(relativeHalfWidth: width)
            grid.convergence = convergence
            var random = NormalNumbers(seed: 1)
            let experiments = 2000
            var (hits, repetitions) = (0, 0)
            for _ in 0..<experiments {
                let samples = repeated(law, noise: noise, convergence, &random)
                let summary = try #require(Summary(samples))
                let interval = summary.statistics(of: \.ttft)?.medianInterval(
                    confidence: grid.intervalConfidence)
                hits += try #require(interval).contains(law.median(noise)) ? 1 : 0
                repetitions += samples.count
            }
            let coverage = Double(hits) / Double(experiments)
            let mean = Double(repetitions) / Double(experiments)
            #expect(coverage >= 0.94, "\(law), noise \(noise), ±\(width): \(coverage), n \(mean)")
        }
    }

    @Test func theFirstLookIsWhereThereIsAnInterval() {
        let convergence = Convergence(relativeHalfWidth: 0.02)
        let samples = (0..<Convergence.fewestRepetitions).map { _ in Sample(forward: [100, 20]) }
        #expect(convergence.isReached(by: samples))
        #expect(!convergence.isReached(by: samples.dropLast()))
    }

    /// One noisy metric of the three is enough to go on.
    @Test func allMetricsMustBeKnown() {
        let convergence = Convergence(relativeHalfWidth: 0.02)
        let samples = (0..<10).map { Sample(forward: [1000, 1 + Double($0) / 10]) }
        #expect(!convergence.isReached(by: samples))
    }
}
