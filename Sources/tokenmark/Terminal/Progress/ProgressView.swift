internal import Measurement
internal import Suite
internal import Sweep

/// Shows on stderr how a sweep gets on: in a terminal a few lines that overwrite themselves, else a
/// line for each cell that is done; only between calls, so that nothing of it is in a time.
final class ProgressView: RunProgress {
    enum Style: Equatable {
        case live(isColoured: Bool)
        case lines
        /// Warnings and cells that failed only.
        case quiet
    }

    private let style: Style
    private let write: (String) -> Void
    private let columns: () -> Int
    private let timeOfDay: (_ secondsFromNow: Double) -> String
    private var area = OverwrittenLines()
    /// The last cell of which something was measured.
    private var last: CellProgress?
    /// When the last line was written, in seconds since the sweep began.
    private var lastLineSeconds = 0.0

    /// Where lines are written, one comes at least this often, if a repetition ends.
    private static let mostSecondsWithoutLine = 60.0

    init(
        _ style: Style, write: @escaping (String) -> Void = Terminal.error,
        columns: @escaping () -> Int = { Terminal.errorColumns },
        timeOfDay: @escaping (Double) -> String = { Terminal.timeOfDay(secondsFromNow: $0) }
    ) {
        self.style = style
        self.write = write
        self.columns = columns
        self.timeOfDay = timeOfDay
    }

    func report(_ event: ProgressEvent) {
        switch event {
        case .warmup(let point, let index, let count, let time):
            // The largest point there is: a log would say nothing for minutes.
            if style == .lines, index == 1 { writeLine("warm-up: \(ProgressText.name(point))") }
            show("warm-up \(index)/\(count): \(ProgressText.name(point))", at: time)
        case .control(let point, let index, let count, let time):
            show("control \(index)/\(count): \(ProgressText.name(point))", at: time)
        case .repetition(let cell, let index, let count, let time):
            show(cell, repetition: ProgressText.repetition(index, of: count), at: time)
        case .finished(let cell, let status, let reason, let time):
            finish(cell, status, reason, at: time)
        case .warning(let text):
            warn(text)
        }
    }

    /// Shows what goes on outside the cells.
    func note(_ text: String) {
        draw(ProgressFrame(activity: text))
    }

    func say(_ line: String) {
        if style != .quiet { writeLine(line) }
    }

    /// Says what came of an attempt, also where stderr is no terminal: each takes long.
    func announce(_ probe: Probe) {
        guard style != .quiet else { return }
        writeLine(ProgressText.outcome(probe))
    }

    /// Leaves nothing behind of what overwrites itself.
    func end() {
        write(area.erased(columns: columns()))
    }

    private func show(_ activity: String, at time: SweepTime) {
        draw(ProgressFrame(time: time, endTime: endTime(time), activity: activity, last: last))
    }

    private func show(_ cell: CellProgress, repetition: String?, at time: SweepTime) {
        if cell.measured != nil { last = cell }
        draw(
            ProgressFrame(
                time: time, endTime: endTime(time),
                activity: ([ProgressText.name(cell.point)] + (repetition.map { [$0] } ?? []))
                    .joined(separator: ", "),
                cell: cell, last: last))
        if style == .lines, time.elapsedSeconds - lastLineSeconds >= Self.mostSecondsWithoutLine {
            writeLine(
                ProgressText.line(cell, [repetition ?? "running"], time), at: time)
        }
    }

    private func finish(
        _ cell: CellProgress, _ status: Status, _ reason: String?, at time: SweepTime
    ) {
        if cell.measured != nil { last = cell }
        if status != .ok {
            let parts = [status.rawValue + (reason.map { ": \($0)" } ?? "")]
            writeLine(ProgressText.line(cell, parts, time), at: time)
        } else if style == .lines {
            let parts = cell.measured.map { ProgressText.times($0, predicted: nil) } ?? []
            writeLine(ProgressText.line(cell, parts, time), at: time)
        }
    }

    private func warn(_ text: String) {
        writeLine(
            ProgressFrame.Colour.warning.applied(to: "warning:", if: style) + " " + text)
    }

    /// A line that stays, above those that do not.
    private func writeLine(_ text: String, at time: SweepTime? = nil) {
        write(area.erased(columns: columns()) + text + "\n")
        if let time { lastLineSeconds = time.elapsedSeconds }
    }

    private func draw(_ frame: ProgressFrame) {
        guard case .live = style else { return }
        let columns = columns()
        write(area.replaced(by: frame.lines(columns: columns, style), columns: columns))
    }

    private func endTime(_ time: SweepTime) -> String? {
        time.remainingSeconds.map(timeOfDay)
    }
}

extension ProgressFrame.Colour {
    fileprivate func applied(to text: String, if style: ProgressView.Style) -> String {
        style == .live(isColoured: true) ? applied(to: text) : text
    }
}
