import Measurement

/// Predicts how long the rest of a sweep takes, from what ran so far.
///
/// A call is taken to cost a·B·L + (n − 1)·(b + c·B) seconds: prefill grows with the prompt tokens,
/// a decode step with a share for reading the weights and one for each sequence. a is the ratio of
/// the sums, b and c are the least-squares line through (B, mean step time), kept from going
/// negative. Where only whole calls are timed, a call is taken to cost as much per token, prompt or
/// not, as those before it. Attention's growth with the length and the time to prepare a point are
/// left out, so long cells at the end take longer than said.
struct CostModel {
    /// What a call costs by: linear, so that calls add up.
    struct Load: Equatable {
        var promptTokens = 0.0
        var steps = 0.0
        var sequenceSteps = 0.0

        init() {}

        /// The load of one repetition.
        init(_ shape: Shape, method: TimingMethod) {
            let calls = method == .normal ? 2.0 : 1.0
            promptTokens = calls * Double(shape.batch) * Double(shape.inputLength)
            steps = Double(shape.outputLength - 1)
            sequenceSteps = Double(shape.batch) * steps
        }

        static func += (left: inout Load, right: Load) {
            left.promptTokens += right.promptTokens
            left.steps += right.steps
            left.sequenceSteps += right.sequenceSteps
        }

        static func -= (left: inout Load, right: Load) {
            left.promptTokens -= right.promptTokens
            left.steps -= right.steps
            left.sequenceSteps -= right.sequenceSteps
        }

        static func * (load: Load, count: Int) -> Load {
            var product = load
            product.promptTokens *= Double(count)
            product.steps *= Double(count)
            product.sequenceSteps *= Double(count)
            return product
        }
    }

    private var promptTokens = 0.0
    private var firstSeconds = 0.0
    /// Sums of the line through x = batch, y = seconds a step.
    private var count = 0.0
    private var sumX = 0.0
    private var sumY = 0.0
    private var sumXX = 0.0
    private var sumXY = 0.0
    /// For calls without stamped steps.
    private var tokens = 0.0
    private var seconds = 0.0

    /// Learns from a repetition.
    mutating func observe(_ sample: Sample) {
        let load = Load(sample.shape, method: sample.method)
        tokens += load.promptTokens + load.sequenceSteps
        seconds += sample.methodNanoseconds / 1e9
        guard let first = sample.ttft else { return }
        promptTokens += Double(sample.shape.batch) * Double(sample.shape.inputLength)
        firstSeconds += first / 1e3
        if let step = sample.tpot {
            let x = Double(sample.shape.batch)
            let y = step / 1e3
            count += 1
            sumX += x
            sumY += y
            sumXX += x * x
            sumXY += x * y
        }
    }

    /// The seconds that a load takes; nil before anything ran.
    func seconds(for load: Load) -> Double? {
        guard tokens > 0 else { return nil }
        guard promptTokens > 0, count > 0 || load.steps == 0 else {
            return max(0, seconds / tokens * (load.promptTokens + load.sequenceSteps))
        }
        let (perStep, perSequence) = line
        return max(
            0,
            firstSeconds / promptTokens * load.promptTokens + perStep * load.steps
                + perSequence * load.sequenceSteps)
    }

    /// b and c: seconds a step, and seconds a step and sequence.
    private var line: (perStep: Double, perSequence: Double) {
        guard count > 0 else { return (0, 0) }
        let spread = count * sumXX - sumX * sumX
        guard spread > 0 else { return (sumY / count, 0) }
        let slope = (count * sumXY - sumX * sumY) / spread
        let intercept = (sumY - slope * sumX) / count
        if slope < 0 { return (sumY / count, 0) }
        if intercept < 0 { return (0, sumXY / sumXX) }
        return (intercept, slope)
    }
}
