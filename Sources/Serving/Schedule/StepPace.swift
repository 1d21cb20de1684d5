/// How long passes take, and so how many rows of prompts fit into a step.
struct StepPace {
    /// Fewer rows gain nothing for those who wait: the weights are read for them all the same.
    static let leastRows = 32
    /// What a new measurement counts for beside those before.
    private static let weight = 0.25

    private let target: StepTarget
    /// Nanoseconds of a pass over running answers; nil before the first.
    private var decode: Double?
    /// Nanoseconds of a row of a prompt; nil before the first.
    private var row: Double?

    init(target: StepTarget) { self.target = target }

    mutating func noteDecode(nanoseconds: UInt64) {
        Self.blend(Double(nanoseconds), into: &decode)
    }

    mutating func notePrompt(nanoseconds: UInt64, rows: Int) {
        // What a few rows take says nothing of one of many.
        guard rows >= Self.leastRows else { return }
        Self.blend(Double(nanoseconds) / Double(rows), into: &row)
    }

    /// Rows of prompts for which a step has time beside a pass over running answers.
    func promptRows(most: Int) -> Int {
        guard let decode, let row, row > 0 else { return min(Self.leastRows, most) }
        let budget =
            switch target {
            case .decodePasses(let count): count * decode
            case .nanoseconds(let nanoseconds): nanoseconds
            }
        let rows = (budget - decode) / row
        return min(max(Self.leastRows, Int(min(rows, Double(most)))), most)
    }

    private static func blend(_ value: Double, into estimate: inout Double?) {
        estimate = estimate.map { $0 + weight * (value - $0) } ?? value
    }
}
