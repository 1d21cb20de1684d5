import Foundation
import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// How often comparisons of simulated reports are right.
struct ComparisonSimulationTests {
    /// Sweeps of simulated calls.
    private struct Simulation {
        var cells = 16
        var count = 10
        /// Of each forward pass, and once more of the whole call, so that its metrics go together.
        var noise = 0.03
        var random: NormalNumbers

        init(seed: UInt64) { random = NormalNumbers(seed: seed) }

        /// A sweep; the first `slowed` cells take `factor` times as long.
        mutating func side(factor: Double = 1, slowed: Int = 0) -> ComparisonSide {
            ComparisonSide(
                "r", (0..<cells).map { cell("c\($0)", factor: $0 < slowed ? factor : 1) })
        }

        private mutating func cell(_ id: String, factor: Double) -> ComparedCell {
            var cell = ComparedCell(id: id)
            for _ in 0..<count {
                let call = factor * exp(noise * random.next())
                let sample = Sample(
                    forward: [100.0, 20, 20, 20].map { $0 * call * exp(noise * random.next()) })
                for metric in [Metric.ttft, .tpot, .output, .prefill] {
                    cell.values[metric, default: []] += [metric.value(of: sample)].compactMap(
                        \.self)
                }
            }
            return cell
        }
    }

    private func share(of pairs: Int, _ holds: () throws -> Bool) rethrows -> Double {
        Double(try (0..<pairs).count { _ in try holds() }) / Double(pairs)
    }

    /// Whole comparisons of a build with itself: 16 cells by four metrics.
    ///
    /// Without a noise floor, so that the test alone answers for it; with one the alarms are fewer.
    @Test func theSameIsNoRegression() throws {
        var simulation = Simulation(seed: 1)
        let alarms = try share(of: 400) {
            try Comparison(
                simulation.side(), simulation.side(), settings: .init(threshold: 0, resamples: 1)
            ).hasRegression
        }
        #expect(alarms <= 0.05, "\(alarms)")
    }

    /// Nor is it an improvement, whatever the numbers of cells and repetitions.
    @Test(arguments: [(1, 5), (4, 6), (12, 8)])
    func falseAlarmsAreRare(cells: Int, count: Int) throws {
        var simulation = Simulation(seed: 1)
        (simulation.cells, simulation.count) = (cells, count)
        let alarms = try share(of: 500) {
            try Comparison(
                simulation.side(), simulation.side(),
                settings: .init(threshold: 0, resamples: 1)
            ).metrics.contains {
                $0.cells.contains { $0.outcome == .faster || $0.outcome == .slower }
            }
        }
        #expect(alarms <= 0.05, "\(alarms)")
    }

    /// One cell of sixteen.
    @Test func threePercentInOnePercentOfNoiseAreFound() throws {
        var simulation = Simulation(seed: 3)
        (simulation.noise, simulation.count) = (0.007, 12)
        let found = try share(of: 50) {
            try Comparison(
                simulation.side(), simulation.side(factor: 1.03, slowed: 1),
                settings: .init(resamples: 1)
            ).hasRegression
        }
        #expect(found >= 0.9, "\(found)")
    }

    /// A cell that changed by as much as the noise floor is called the same in 2.5 % at most.
    @Test func whatChangedIsRarelyCalledTheSame() throws {
        var simulation = Simulation(seed: 5)
        (simulation.cells, simulation.noise, simulation.count) = (1, 0.01, 12)
        let same = try share(of: 1000) {
            let comparison = try Comparison(
                simulation.side(), simulation.side(factor: 1.02, slowed: 1),
                settings: .init(resamples: 500))
            return comparison.metrics[0].cells[0].outcome == .noDifference
        }
        #expect(same <= 0.025, "\(same)")
    }

    /// As many more repetitions as were foreseen are mostly enough.
    @Test func theForeseenRepetitionsDo() throws {
        var simulation = Simulation(seed: 7)
        (simulation.cells, simulation.noise) = (1, 0.02)
        var (open, told) = (0, 0)
        for _ in 0..<300 {
            simulation.count = 10
            let few = try Comparison(
                simulation.side(), simulation.side(), settings: .init(resamples: 500))
            guard let left = few.metrics[0].cells[0].repetitionsLeft, left < 300 else { continue }
            open += 1
            simulation.count = 10 + left
            let many = try Comparison(
                simulation.side(), simulation.side(), settings: .init(resamples: 200))
            if !many.metrics[0].cells[0].isOpen { told += 1 }
        }
        #expect(open > 100)
        #expect(Double(told) / Double(open) > 0.6, "\(told) of \(open)")
    }
}
