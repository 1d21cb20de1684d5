import Charts
import Measurement
import Sweep

extension KeyFigure {
    /// The time per token that an answer is often asked to keep, in milliseconds: 20 tokens a second, no
    /// slower than one reads.
    static let tokenLimit = 50.0

    /// The answers of a sweep, in the order in which they are asked for; none without a number that can
    /// be right.
    static func figures(of rows: [Row], _ manifest: Manifest) -> [KeyFigure] {
        let usable = rows.filter {
            $0.status == .ok && $0.verdict != .invalid && $0.summary != nil
        }
        guard !usable.isEmpty else { return [] }
        return [
            best(Words.firstToken, "ms", \.ttft, in: usable) { $0 < $1 },
            best(Words.nextToken, "ms", \.tpot, in: usable) { $0 < $1 },
            best(Words.throughput, "token/s", \.outputRate, in: usable) { $0 > $1 },
            bestBatch(in: usable),
            largestBatch(rows, availableBytes: manifest.usableMemoryBytes),
            bottleneck(Words.decode, usable.compactMap(\.decodeUtilization), in: usable),
            bottleneck(Words.prefill, usable.compactMap(\.prefillUtilization), in: usable),
            widestInterval(of: usable, among: rows.count),
        ]
    }

    private static func best(
        _ name: String, _ unit: String, _ metric: KeyPath<Sample, Double?>, in rows: [Row],
        _ isBetter: (Double, Double) -> Bool
    ) -> KeyFigure {
        let found = rows.compactMap { row in
            row.statistics(of: metric).map { (row: row, statistics: $0) }
        }.min { isBetter($0.statistics.median, $1.statistics.median) }
        guard let found else { return KeyFigure(name: name, lines: [Words.notMeasured]) }
        return KeyFigure(
            name: name, value: fourDigits(found.statistics.median), unit: unit,
            verdict: found.row.verdict,
            sureness: found.row.sureness(of: found.statistics, unit: unit),
            lines: [found.row.point.words])
    }

    /// The cell with the most tokens a second of those whose tokens come fast enough.
    private static func bestBatch(in rows: [Row]) -> KeyFigure {
        let timed = rows.compactMap { row -> (row: Row, tpot: Statistics, rate: Double)? in
            guard let tpot = row.statistics(of: \.tpot),
                let rate = row.statistics(of: \.outputRate)?.median
            else { return nil }
            return (row, tpot, rate)
        }
        guard let fastest = timed.min(by: { $0.tpot.median < $1.tpot.median }) else {
            return KeyFigure(name: Words.bestBatch, lines: [Words.notMeasured])
        }
        let within = timed.filter { $0.tpot.median <= tokenLimit }
        guard let best = within.max(by: { $0.rate < $1.rate }) else {
            return KeyFigure(
                name: Words.bestBatch,
                lines: [Words.noneWithin(fastest.tpot.median), fastest.row.point.words])
        }
        let batches = Set(rows.map(\.point.batch))
        let batch = best.row.point.batch
        var lines = [
            Words.rate(best.rate, at: best.tpot.median), best.row.point.words,
        ]
        if batches.count == 1 {
            lines.append(Words.onlyBatch)
        } else if batch == batches.max() {
            lines.append(Words.largestMeasured)
        }
        if let interval = best.row.interval(of: best.tpot), interval.high > tokenLimit {
            lines.append(Words.beyondLimit)
        }
        return KeyFigure(
            name: Words.bestBatch, value: "\(batch)", unit: Words.sequences(batch),
            verdict: best.row.verdict, sureness: best.row.sureness(of: best.tpot, unit: "ms"),
            lines: lines)
    }

    private static func largestBatch(_ rows: [Row], availableBytes: Int?) -> KeyFigure {
        func none(_ why: String) -> KeyFigure {
            KeyFigure(name: Words.largestBatch, lines: [why, Words.maxBatch])
        }
        guard rows.contains(where: { $0.memoryEstimate != nil }) else {
            return none(Words.noEstimate)
        }
        guard let availableBytes else { return none(Words.noMemory) }
        guard let fitting = FittingBatch(rows, availableBytes: availableBytes) else {
            return none(Words.noEstimate)
        }
        guard fitting.batch > 0 else { return none(Words.nothingFits(fitting)) }
        let isMeasured = fitting.batch == fitting.largestMeasured
        return KeyFigure(
            name: Words.largestBatch, value: "\(fitting.batch)",
            unit: Words.sequences(fitting.batch),
            lines: [Words.place(fitting)]
                + (isMeasured
                    ? [Words.measured]
                    : [Words.computed(fitting, availableBytes), Words.maxBatch]))
    }

    private static func bottleneck(
        _ name: String, _ utilizations: [Utilization], in rows: [Row]
    ) -> KeyFigure {
        guard let bottleneck = Bottleneck(utilizations) else {
            return KeyFigure(
                name: name,
                lines: [
                    rows.contains { $0.roof != nil } ? Words.notMeasured : Words.noRoof
                ])
        }
        let count =
            bottleneck.count < bottleneck.total
            ? [Words.cells(bottleneck.count, of: bottleneck.total)] : []
        return KeyFigure(
            name: name, value: Words.word(bottleneck.kind),
            lines: [Words.shares(bottleneck)] + count)
    }

    /// How much is known of the number that least is known of.
    private static func widestInterval(of rows: [Row], among count: Int) -> KeyFigure {
        let stable = Words.stable(rows.count { $0.verdict == .stable }, of: count)
        guard let widest = WidestInterval(rows) else {
            return KeyFigure(
                name: Words.widest,
                lines: [Words.noInterval(fewest: rows[0].fewestForInterval), stable])
        }
        return KeyFigure(
            name: Words.widest, value: "±\(fixed(widest.relativeHalfWidth * 100, decimals: 1))",
            unit: "%", lines: [Words.of(widest.metric), widest.point.words, stable])
    }
}

extension Row {
    /// `95 % interval 61.83–62.60 ms`, or why there is none.
    fileprivate func sureness(of statistics: Statistics, unit: String) -> String {
        interval(of: statistics).map { Words.interval(text($0), unit) }
            ?? Words.tooFew(statistics.count)
    }
}

private enum Words {
    static let firstToken = "Shortest time to first token"
    static let nextToken = "Shortest time per next token"
    static let throughput = "Highest end-to-end throughput"
    static let bestBatch =
        "Best batch at \(fixed(KeyFigure.tokenLimit, decimals: 0)) ms a token or less"
    static let largestBatch = "Largest batch that fits"
    static let decode = "What limits decode"
    static let prefill = "What limits prefill"
    static let widest = "Widest 95 % interval"

    static let notMeasured = "No cell has it."
    static let onlyBatch = "the only batch that was measured"
    static let largestMeasured = "the largest batch that was measured; a larger one may do better"
    static let beyondLimit = "its interval goes beyond the limit"
    static let maxBatch = "tokenmark max-batch finds it by running"
    static let noEstimate = "No cell says how much memory it takes."
    static let noMemory = "The report does not say how much memory there was."
    static let measured = "it was measured"
    static let noRoof = "The roof of the machine was not measured."

    static func sequences(_ count: Int) -> String { count == 1 ? "sequence" : "sequences" }

    static func interval(_ interval: String, _ unit: String) -> String {
        "95 % interval \(interval) \(unit)"
    }

    static func tooFew(_ count: Int) -> String {
        "n = \(count), too few for an interval"
    }

    static func noneWithin(_ fastest: Double) -> String {
        "None: the shortest is \(fourDigits(fastest)) ms a token."
    }

    static func rate(_ rate: Double, at tpot: Double) -> String {
        "\(fourDigits(rate)) token/s at \(fourDigits(tpot)) ms a token"
    }

    static func place(_ fitting: FittingBatch) -> String {
        "of \(fitting.lengths.words) tokens" + (fitting.setting.map { ", \($0)" } ?? "")
    }

    static func computed(_ fitting: FittingBatch, _ available: Int) -> String {
        "computed, not run: \(bytesText(fitting.fixedBytes)) and "
            + "\(bytesText(fitting.bytesPerSequence)) a sequence in \(bytesText(available))"
    }

    static func nothingFits(_ fitting: FittingBatch) -> String {
        "Not one sequence \(place(fitting)) fits what memory there was."
    }

    static func word(_ kind: Bottleneck.Kind) -> String {
        switch kind {
        case .memory: "memory"
        case .arithmetic: "arithmetic"
        case .neither: "neither roof"
        }
    }

    static func shares(_ bottleneck: Bottleneck) -> String {
        let reads = "reads at \(range(bottleneck.reads)) of the measured bandwidth"
        let multiplies = "does \(range(bottleneck.multiplies)) of the measured multiply peak"
        return switch bottleneck.kind {
        case .memory: reads
        case .arithmetic: multiplies
        case .neither: "\(reads) and \(multiplies); tokenmark profile says where the time goes"
        }
    }

    private static func range(_ range: ClosedRange<Double>) -> String {
        let (low, high) = (
            fixed(range.lowerBound, decimals: 2), fixed(range.upperBound, decimals: 2)
        )
        return low == high ? low : "\(low) to \(high)"
    }

    static func of(_ metric: String) -> String { "of \(metric)" }

    static func cells(_ count: Int, of total: Int) -> String { "in \(count) of \(total) cells" }

    static func stable(_ count: Int, of total: Int) -> String {
        "\(count) of \(total) \(total == 1 ? "cell is" : "cells are") stable"
    }

    static func noInterval(fewest: Int) -> String {
        "No cell has the \(fewest) repetitions that an interval needs."
    }
}
