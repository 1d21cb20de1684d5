import Basics
import Glibc
import Measurement
import Sweep

/// How many more repetitions would do where a test cannot tell.
///
/// The logarithm of the speed has the interval c ± w at n repetitions, and w / 1.96 is its standard
/// error, which falls with the root of their number. If c is the truth, an interval lies within the noise
/// floor ± f in four of five sweeps where (1.96 + 0.84) standard errors fit into f − |c|: at
/// n·((1.96 + 0.84)·w / (1.96·(f − |c|)))² repetitions. If c lies outside of the floor, a difference is told
/// as often at n·((z + 0.84)·w / (1.96·|c|))², where the normal distribution exceeds ±z in 5 % over the
/// number of tests; the U test must be able to tell at that number too.
///
/// Source: Julious, Sample Sizes for Clinical Trials with Normal Data, Statistics in Medicine 23 (2004).
struct Foresight {
    /// Of the side that has fewer; nil if more than ``most``.
    let repetitionsLeft: Int?
    /// Why nothing can be told, and what would help.
    let words: Wording

    /// Nobody repeats more often than that.
    private static let most = Convergence.mostRepetitions

    /// What a standard normal variable exceeds in one of five.
    private static let powerQuantile = 0.8416

    /// - Parameter tests: How many tests a difference would be one of.
    init(_ cell: CellComparison, threshold: Double, tests: Int) {
        let count = min(cell.a.count, cell.b.count)
        guard let interval = cell.speed?.interval else {
            let needed = max(RatioInterval.fewest, Self.fewest(tests: tests))
            let left = max(1, needed - count)
            repetitionsLeft = left
            let text = cell.repetitionsText
            words = Wording(
                en: "\(text.en); at least \(left) more \(left == 1 ? "is" : "are") needed",
                zh: "\(text.zh)；至少还需要 \(left) 次")
            return
        }
        let (low, high) = (log(interval.low), log(interval.high))
        let (center, width) = (abs(low + high) / 2, (high - low) / 2)
        let floor = log(1 + threshold)
        let isInside = center < floor
        let error = width / Self.normalQuantile(tails: 0.05)
        let tails = isInside ? 0.05 : Decision.significance / Double(tests)
        let share =
            (Self.normalQuantile(tails: tails) + Self.powerQuantile) * error
            / (isInside ? floor - center : center)
        var needed = Double(count) * share * share
        if !isInside { needed = max(needed, Double(Self.fewest(tests: tests))) }
        let bounds =
            "[\(fixed(interval.low, decimals: 3)), \(fixed(interval.high, decimals: 3))]"
        let left = max(1, needed.rounded(.up) - Double(count))
        guard left <= Double(Self.most) else {
            repetitionsLeft = nil
            words = Wording(
                en: "interval \(bounds); more than \(Self.most) more repetitions would be needed",
                zh: "区间 \(bounds)；还需要超过 \(Self.most) 次重复")
            return
        }
        repetitionsLeft = Int(left)
        let start = "interval \(bounds); \(Int(left)) more repetition\(left == 1 ? "" : "s") would"
        let isSlower = low + high < 0
        words =
            isInside
            ? Wording(en: "\(start) do", zh: "区间 \(bounds)；再重复 \(Int(left)) 次就够")
            : Wording(
                en: "\(start) show whether it is \(isSlower ? "slower" : "faster")",
                zh: "区间 \(bounds)；再重复 \(Int(left)) 次就知道是否\(isSlower ? "更慢" : "更快")")
    }

    /// The fewest repetitions of both sides at which one of so many tests can be significant.
    private static func fewest(tests: Int) -> Int {
        (1...most).first {
            MannWhitney.smallestP($0, $0) * Double(tests) < Decision.significance
        } ?? most
    }

    /// What a standard normal variable exceeds, in absolute value, with the probability.
    private static func normalQuantile(tails: Double) -> Double {
        var (low, high) = (0.0, 40.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if erfc(middle / 2.0.squareRoot()) > tails { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
