import Measurement

/// Predicts how long calls take under one setting of the machine, from what ran.
///
/// With B sequences, L prompt tokens and a context of C tokens in the middle of the steps:
///
///     TTFT = a + b·B·L + c·B·L²
///     TPOT = d + e·B + f·B·C
///
/// Reading the weights (a, d), the products of each token (b, e), attention (c, f). What an engine
/// counts in operations and bytes is linear in the same features, yet two rates, of operations and of
/// bytes, would not do: attention runs at another share of the roof than products do. So the
/// shapes are enough, and an engine that counts nothing is served too. Growth with the context is
/// seen within a call: the first and the second half of its steps are observed apart.
///
/// A point that ran before is predicted to take as long again as it did.
struct CostModel {
    /// The ratios of a dense model of half a billion parameters on a CPU, each within a factor of
    /// some: a call costs as much as 32 prompt tokens, and attention as much as the products at 4096
    /// tokens; in a step a sequence costs an eighth of reading the weights, and 4096 tokens of context
    /// as much as reading them.
    private static let firstPrior = [32, 1, 1.0 / 4096]
    private static let stepPrior = [1, 1.0 / 8, 1.0 / 4096]
    /// Steps and prompt tokens on one scale, for calls whose steps are not stamped.
    private static let promptTokensOfAStep = 16.0

    private var first = LinearFit(prior: firstPrior)
    private var step = LinearFit(prior: stepPrior)
    private var whole = LinearFit(prior: firstPrior + stepPrior.map { $0 * promptTokensOfAStep })
    private var measured: [Shape: Mean] = [:]

    /// A model for another setting, which knows this one's ratios.
    var successor: CostModel {
        var next = CostModel()
        next.first = first.successor
        next.step = step.successor
        next.whole = whole.successor
        return next
    }

    /// Learns from a repetition.
    mutating func observe(_ sample: Sample) {
        let shape = sample.shape
        let seconds = sample.methodNanoseconds / 1e9
        measured[shape, default: Mean()].add(seconds)
        guard let ttft = sample.ttft else {
            whole.observe(Self.wholeFeatures(shape), seconds: seconds)
            return
        }
        first.observe(Self.firstFeatures(shape), seconds: ttft / 1e3)
        let gaps = sample.gaps
        guard gaps.count > 1 else {
            if let tpot = sample.tpot {
                step.observe(
                    Self.stepFeatures(shape, 0..<shape.outputLength - 1), seconds: tpot / 1e3)
            }
            return
        }
        let middle = gaps.count / 2
        for half in [0..<middle, middle..<gaps.count] {
            let mean = gaps[half].reduce(0, +) / Double(half.count)
            step.observe(Self.stepFeatures(shape, half), seconds: mean / 1e3)
        }
    }

    /// The times of a call that did not run yet; nil where nothing like it was observed.
    func times(of shape: Shape) -> CallTimes? {
        guard let ttft = first.seconds(Self.firstFeatures(shape)) else { return nil }
        var times = CallTimes(ttft: ttft * 1e3)
        guard let seconds = seconds(of: shape, ttft: ttft, promptPasses: 1) else { return times }
        if shape.outputLength > 1 {
            times.tpot = (seconds - ttft) / Double(shape.outputLength - 1) * 1e3
        }
        if seconds > 0 {
            times.outputRate = Double(shape.batch) * Double(shape.outputLength) / seconds
        }
        return times
    }

    /// The seconds of a repetition; nil where nothing like it was observed.
    func seconds(of shape: Shape, method: TimingMethod) -> Double? {
        if let mean = measured[shape]?.value { return mean }
        if let ttft = first.seconds(Self.firstFeatures(shape)),
            let seconds = seconds(of: shape, ttft: ttft, promptPasses: method == .normal ? 2 : 1)
        {
            return seconds
        }
        return whole.seconds(Self.wholeFeatures(shape))
    }

    private func seconds(of shape: Shape, ttft: Double, promptPasses: Double) -> Double? {
        guard shape.outputLength > 1 else { return promptPasses * ttft }
        return step.seconds(Self.stepFeatures(shape, 0..<shape.outputLength - 1)).map {
            promptPasses * ttft + Double(shape.outputLength - 1) * $0
        }
    }

    private static func firstFeatures(_ shape: Shape) -> [Double] {
        let tokens = Double(shape.batch) * Double(shape.inputLength)
        return [1, tokens, tokens * Double(shape.inputLength)]
    }

    /// Of one step, the mean over some of those after the first, counted from 0.
    private static func stepFeatures(_ shape: Shape, _ steps: Range<Int>) -> [Double] {
        let batch = Double(shape.batch)
        // The first of them sees the prompt and one token more.
        let context =
            Double(shape.inputLength) + Double(steps.lowerBound + steps.upperBound + 1) / 2
        return [1, batch, batch * context]
    }

    private static func wholeFeatures(_ shape: Shape) -> [Double] {
        let steps = shape.outputLength - 1
        return firstFeatures(shape) + stepFeatures(shape, 0..<steps).map { $0 * Double(steps) }
    }
}
