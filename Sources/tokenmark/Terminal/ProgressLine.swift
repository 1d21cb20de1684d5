internal import Measurement
internal import Sweep

/// Shows on stderr how a sweep gets on: one line that overwrites itself, silent where stderr is no
/// terminal but for warnings.
final class ProgressLine: Progress {
    private let isTerminal: Bool
    private let write: (String) -> Void

    init(
        isTerminal: Bool = Terminal.errorIsTerminal,
        write: @escaping (String) -> Void = Terminal.error
    ) {
        self.isTerminal = isTerminal
        self.write = write
    }

    func report(_ event: ProgressEvent) {
        switch event {
        case .warmup(let point, let index, let count):
            show("warm-up \(index)/\(count): \(Self.name(point))")
        case .control(let point, let index, let count):
            show("control \(index)/\(count): \(Self.name(point))")
        case .repetition(let point, let cell, let cellCount, let index, let count, let remaining):
            let repetition =
                switch count {
                case 1: ""
                case let count?: ", repetition \(index)/\(count)"
                case nil: ", repetition \(index)"
                }
            let time = remaining.map { ", \(Self.duration($0)) left" } ?? ""
            show("cell \(cell)/\(cellCount): \(Self.name(point))\(repetition)\(time)")
        case .finished(let point, let cell, let cellCount, let status, let reason):
            if status != .ok {
                clear()
                let reason = reason.map { ": \($0)" } ?? ""
                write(
                    "cell \(cell)/\(cellCount) \(Self.name(point)) \(status.rawValue)\(reason)\n")
            }
            if cell == cellCount { clear() }
        case .warning(let text):
            clear()
            write("warning: \(text)\n")
        }
    }

    /// Shows what goes on outside the cells.
    func note(_ text: String) {
        show(text)
    }

    /// Says what came of an attempt, also where stderr is no terminal: each takes long.
    func announce(_ probe: Probe) {
        clear()
        let peak = probe.peakBytes.map { ", \($0 >> 20) MiB" } ?? ""
        write(
            "\(probe.point.inputLength)x\(probe.point.outputLength), batch \(probe.point.batch): "
                + (probe.reason ?? "passed") + peak + "\n")
    }

    private func show(_ text: String) {
        guard isTerminal else { return }
        write("\r\u{1B}[K\(text)")
    }

    private func clear() {
        guard isTerminal else { return }
        write("\r\u{1B}[K")
    }

    private static func name(_ point: Point) -> String {
        "batch \(point.batch), \(point.inputLength) in, \(point.outputLength) out"
            + (point.setting.id.map { ", \($0)" } ?? "")
    }

    /// Seconds as `8 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
