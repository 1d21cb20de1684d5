package import Basics
import Measurement

/// Finds the largest batch that passes, by trying.
///
/// With a prediction the search starts at the largest batch that should pass and at the one above;
/// without one, or with limits that nothing predicts, it doubles from the least. Whatever lies
/// between a batch that passed and one that did not is halved. The answer has been tried itself, as
/// often as asked, and so has the next batch, unless that is beyond the range; a next batch that ran
/// and was too slow has been tried twice, as a disturbance makes slower and never faster.
package struct MaxBatchSearch {
    /// The batches to choose from.
    package var range: ClosedRange<Int>
    /// How often the answer is tried again.
    package var confirmations: Int
    /// The largest batch that should pass; nil if that cannot be told.
    package var predicted: Int?

    package init(range: ClosedRange<Int>, confirmations: Int = 1, predicted: Int? = nil) {
        self.range = range
        self.confirmations = confirmations
        self.predicted = predicted
    }

    /// What a search found.
    package struct Result: Equatable, Sendable {
        /// The largest batch that passed every time; nil if not even the least did.
        package var batch: Int?
        /// In the order they were made.
        package var probes: [Probe] = []
        /// What the user should know, one line each.
        package var notes: [Wording] = []

        package init(batch: Int? = nil, probes: [Probe] = [], notes: [Wording] = []) {
            self.batch = batch
            self.probes = probes
            self.notes = notes
        }
    }

    /// Searches with `probe`, which tries a batch; nil ends the search with what is known.
    ///
    /// - Parameter isCancelled: Asked between probes; true ends the search too.
    package func run(
        _ probe: (Int) throws -> Probe?, isCancelled: () -> Bool = { false }
    ) rethrows -> Result {
        var probes: [Probe] = []
        func tries(_ batch: Int) throws -> Bool? {
            guard let probe = try probe(batch) else { return nil }
            probes.append(probe)
            return probe.passed
        }
        // Everything up to `passed` passes, everything from `failed` on does not, as far as tried.
        var passed = range.lowerBound - 1
        var failed = range.upperBound + 1
        var confirmed = 0
        var triedAgain: Set<Int> = []
        var step = 1
        while !isCancelled() {
            if failed - passed > 1 {
                let batch = next(after: passed, before: failed, step: &step)
                guard let passes = try tries(batch) else { break }
                if passes { passed = batch } else { failed = batch }
                confirmed = 0
            } else if passed >= range.lowerBound, confirmed < confirmations {
                guard let passes = try tries(passed) else { break }
                if passes {
                    confirmed += 1
                } else {
                    // What fails now makes way for the next smaller batch.
                    failed = passed
                    passed -= 1
                    // Which may never have been tried itself.
                    confirmed = probes.contains { $0.point.batch == passed } ? 0 : -1
                }
            } else if Self.mayPassAgain(failed, probes), triedAgain.insert(failed).inserted {
                guard let passes = try tries(failed) else { break }
                if passes {
                    passed = failed
                    confirmed = 0
                    let known = probes.filter { !$0.passed && $0.point.batch > passed }
                    failed = known.map(\.point.batch).min() ?? range.upperBound + 1
                }
            } else {
                break
            }
        }
        guard failed - passed <= 1 else {
            return Result(
                batch: nil, probes: probes,
                notes: [
                    Wording(en: "ended before the search was done", zh: "在搜索完成之前结束")
                ])
        }
        let answer = passed >= range.lowerBound ? passed : nil
        var notes: [Wording] = []
        if let answer, confirmed < confirmations {
            notes.append(
                Wording(
                    en: "batch \(answer) was not confirmed \(confirmations) times",
                    zh: "batch \(answer) 没有被确认 \(confirmations) 次"))
        }
        if answer == range.upperBound {
            notes.append(
                Wording(
                    en: "\(passed) is the end of the range: larger batches were not tried",
                    zh: "\(passed) 是范围的上端：没有尝试更大的 batch"))
        }
        return Result(batch: answer, probes: probes, notes: notes + Self.disorder(of: probes))
    }

    /// Which batch to try between one that passed and one that did not, as far as any was tried.
    private func next(after passed: Int, before failed: Int, step: inout Int) -> Int {
        let start = predicted.flatMap { range.contains($0) ? $0 : nil }
        switch (passed >= range.lowerBound, failed <= range.upperBound) {
        case (true, true):
            return passed + (failed - passed) / 2
        case (false, false):
            return start ?? range.lowerBound
        case (true, false):
            // Right above a prediction that held, then ever further; without one, doubling.
            defer { step *= 2 }
            return min(passed + (start == nil ? passed : step), range.upperBound)
        case (false, true):
            // Right below a prediction that did not hold, then ever further.
            defer { step *= 2 }
            return max(failed - step, range.lowerBound)
        }
    }

    /// Whether a batch ran and was only too slow: a disturbance makes slower, and never faster.
    private static func mayPassAgain(_ batch: Int, _ probes: [Probe]) -> Bool {
        probes.last { $0.point.batch == batch }.map { !$0.passed && $0.status == .ok } ?? false
    }

    /// A larger batch whose steps are faster by more than this share is out of order.
    private static let tolerance = 0.02

    /// Says when one batch both passed and failed, and when a larger batch was faster.
    private static func disorder(of probes: [Probe]) -> [Wording] {
        var notes: [Wording] = []
        let byBatch = Dictionary(grouping: probes, by: \.point.batch).sorted { $0.key < $1.key }
        for (batch, probes) in byBatch where Set(probes.map(\.passed)).count == 2 {
            notes.append(
                Wording(
                    en: "batch \(batch) passed once and failed once: the limit is within the noise",
                    zh: "batch \(batch) 一次通过、一次没有通过：限值在噪声之内"))
        }
        let steps = byBatch.compactMap { batch, probes in
            probes.compactMap(\.sample?.tpot).min().map { (batch: batch, tpot: $0) }
        }
        for (smaller, larger) in zip(steps, steps.dropFirst())
        where larger.tpot < smaller.tpot * (1 - tolerance) {
            notes.append(
                Wording(
                    en: "TPOT falls from batch \(smaller.batch) to batch \(larger.batch): "
                        + "the results are not in order, the machine is not quiet",
                    zh: "TPOT 从 batch \(smaller.batch) 到 batch \(larger.batch) 下降：结果次序不对，机器不安静"))
        }
        return notes
    }
}
