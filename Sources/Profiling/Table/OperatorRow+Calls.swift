internal import Measurement

extension OperatorRow {
    /// Adds up the calls of an operator.
    ///
    /// - Parameters:
    ///   - cost: of all calls together.
    ///   - phaseDuration: nanoseconds that ``share`` is of.
    init(
        _ calls: OperatorCalls, of kind: Operator, cost: Cost?, phaseDuration: Double, roof: Roof?
    ) {
        let threads = calls.spans.map { spans in
            ThreadTime(
                busy: spans.reduce(0) { $0 + $1.busy }, wait: spans.reduce(0) { $0 + $1.wait })
        }
        let elapsed = calls.elapsed
        let total = threads.reduce(0) { $0 + $1.busy } / Double(threads.count)
        let sum = elapsed.reduce(0, +)
        self.init(
            name: kind.name,
            layer: calls.key.layer,
            workforce: kind.workforce,
            calls: calls.count,
            total: total,
            wait: threads.reduce(0) { $0 + $1.wait } / Double(threads.count),
            passing: calls.passing,
            share: phaseDuration > 0 ? total / phaseDuration : 0,
            elapsed: sum,
            median: Statistics(elapsed)?.median ?? 0,
            cost: cost,
            utilization: cost.flatMap { cost in
                roof.flatMap { Utilization(cost, seconds: sum / 1e9, roof: $0) }
            },
            threads: threads)
    }
}
