import Foundation
import Measurement
import Reporting
import Testing

/// How often comparisons of simulated reports are right.
struct ComparisonSimulationTests {
    /// Cells whose repetitions differ by a noise around their true time.
    private func side(
        _ time: Double, noise: Double, cells: Int, count: Int, _ generator: inout SplitMix64
    ) -> ComparisonSide {
        let cells = (0..<cells).map { cell in
            let values = (0..<count).map { _ in
                let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator)))
                    .squareRoot()
                let angle = 2 * Double.pi * Double.random(in: 0..<1, using: &generator)
                return time * exp(noise * radius * cos(angle))
            }
            return ComparedCell(id: "c\(cell)", values: [.ttft: values])
        }
        return ComparisonSide("r", cells)
    }

    /// Without a noise floor, so that the test alone answers for it.
    @Test(arguments: [(4, 5), (4, 10), (12, 10)])
    func falseAlarmsAreRare(cells: Int, count: Int) throws {
        var generator = SplitMix64(seed: 1)
        let pairs = 1000
        let alarms = try (0..<pairs).count { _ in
            let comparison = try Comparison(
                side(100, noise: 0.05, cells: cells, count: count, &generator),
                side(100, noise: 0.05, cells: cells, count: count, &generator),
                settings: .init(threshold: 0, resamples: 1))
            return comparison.metrics[0].cells.contains {
                $0.outcome == .faster || $0.outcome == .slower
            }
        }
        #expect(Double(alarms) / Double(pairs) <= 0.05, "\(alarms) of \(pairs)")
    }

    @Test func threePercentInOnePercentOfNoiseAreFound() throws {
        var generator = SplitMix64(seed: 3)
        let pairs = 500
        let found = try (0..<pairs).count { _ in
            try Comparison(
                side(100, noise: 0.01, cells: 1, count: 20, &generator),
                side(103, noise: 0.01, cells: 1, count: 20, &generator),
                settings: .init(resamples: 1)
            ).hasRegression
        }
        #expect(Double(found) / Double(pairs) >= 0.95, "\(found) of \(pairs)")
    }
}
