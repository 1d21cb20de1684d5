internal import Reporting
internal import Sweep

/// How a sweep gets on, in words.
enum ProgressText {
    static func name(_ point: Point) -> String {
        "batch \(point.batch), \(point.inputLength) in, \(point.outputLength) out"
            + (point.setting.id.map { ", \($0)" } ?? "")
    }

    /// nil where there is only one.
    static func repetition(_ index: Int, of count: Int?) -> String? {
        switch count {
        case 1: nil
        case let count?: "repetition \(index)/\(count)"
        case nil: "repetition \(index)"
        }
    }

    /// A line about a cell that stays.
    static func line(_ cell: CellProgress, _ parts: [String], _ time: SweepTime) -> String {
        let left = time.remainingSeconds.map { "; \(duration($0)) left" } ?? ""
        return "cell \(cell.cell)/\(cell.cellCount): \(name(cell.point))"
            + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")) + left
    }

    /// TTFT, rate and TPOT as far as they are known, the most telling first.
    static func times(_ times: CallTimes, predicted: CallTimes?) -> [String] {
        let parts: [(KeyPath<CallTimes, Double?>, (String) -> String)] = [
            (\.ttft, { "TTFT \($0) ms" }), (\.outputRate, { "\($0) tok/s" }),
            (\.tpot, { "TPOT \($0) ms" }),
        ]
        return parts.compactMap { metric, text in
            times[keyPath: metric].map { value in
                text(threeDigits(value))
                    + (predicted?[keyPath: metric].map { " (predicted \(threeDigits($0)))" } ?? "")
            }
        }
    }

    static func outcome(_ probe: Probe) -> String {
        let peak = probe.peakBytes.map { ", \($0 >> 20) MiB" } ?? ""
        return "\(probe.point.inputLength)x\(probe.point.outputLength), "
            + "batch \(probe.point.batch): "
            + (probe.reason ?? "passed") + peak
            + (probe.disturbanceText.map { "; \($0)" } ?? "")
    }

    /// Seconds as `8 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "years" }
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }

    /// A number with three significant digits, all digits before the point and at most two after it.
    static func threeDigits(_ value: Double) -> String {
        fixed(value, decimals: abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0)
    }
}
