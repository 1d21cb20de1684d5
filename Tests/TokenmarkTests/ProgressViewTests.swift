import Sweep
import Testing

@testable import tokenmark

/// What a terminal shows of a sweep, frame by frame, and what a log holds of it.
@Suite struct ProgressViewTests {
    /// A terminal that understands what the view writes: text, ends of lines, and going up to erase.
    private final class Screen {
        private(set) var lines = [""]
        private(set) var written = ""

        func write(_ text: String) {
            written += text
            var rest = text[...]
            while let character = rest.popFirst() {
                switch character {
                case "\n": lines.append("")
                case "\r": break
                case "\u{1B}": obey(&rest)
                default: lines[lines.count - 1].append(character)
                }
            }
        }

        private func obey(_ rest: inout Substring) {
            rest.removeFirst()
            var number = ""
            while let character = rest.popFirst() {
                if character.isNumber {
                    number.append(character)
                    continue
                }
                switch character {
                case "A": lines.removeLast(Int(number) ?? 1)
                case "J": lines[lines.count - 1] = ""
                default: break
                }
                return
            }
        }

        func clear() { (lines, written) = ([""], "") }
    }

    private let screen = Screen()

    private func view(_ style: ProgressView.Style, columns: Int = 100) -> ProgressView {
        ProgressView(
            style, write: screen.write, columns: { columns }, timeOfDay: { _ in "14:32" })
    }

    private static let before = CellProgress(
        point: Point(batch: 1, inputLength: 256, outputLength: 64), cell: 4, cellCount: 16,
        predicted: CallTimes(ttft: 50, tpot: 13.9, outputRate: 66.1),
        measured: CallTimes(ttft: 47.34, tpot: 13.4, outputRate: 68.96))
    private static let point = Point(batch: 2, inputLength: 256, outputLength: 64)
    private static let running = CellProgress(
        point: point, cell: 5, cellCount: 16,
        predicted: CallTimes(ttft: 92.06, tpot: 14, outputRate: 137.4))
    private static let measured = CellProgress(
        point: point, cell: 5, cellCount: 16,
        predicted: CallTimes(ttft: 92.06, tpot: 14, outputRate: 137.4),
        measured: CallTimes(ttft: 95.18, tpot: 14.1, outputRate: 134.9))
    private static let time = SweepTime(elapsedSeconds: 130, remainingSeconds: 290)

    @Test func aCellThatRunsForTheFirstTimeAtWidth100() {
        let view = view(.live(isColoured: false))
        view.report(.finished(Self.before, status: .ok, reason: nil, time: Self.time))
        view.report(.repetition(Self.running, index: 1, count: 1, time: Self.time))
        #expect(
            screen.lines == [
                "[============                            ]  30 %  cell 5/16  4 min 50 s left  "
                    + "until 14:32",
                "batch 2, 256 in, 64 out  predicted TTFT 92.1 ms, 137 tok/s, TPOT 14.0 ms",
                "last: batch 1, 256 in, 64 out  TTFT 47.3 ms (predicted 50.0)  69.0 tok/s "
                    + "(predicted 66.1)",
                "",
            ])
    }

    @Test func whatWasMeasuredAgainstThePredictionAtWidth140() {
        view(.live(isColoured: false), columns: 140)
            .report(.repetition(Self.measured, index: 3, count: 6, time: Self.time))
        #expect(
            screen.lines == [
                "[============                            ]  30 %  cell 5/16  4 min 50 s left  "
                    + "until 14:32",
                "batch 2, 256 in, 64 out, repetition 3/6",
                "TTFT 95.2 ms (predicted 92.1)  135 tok/s (predicted 137)  "
                    + "TPOT 14.1 ms (predicted 14.0)",
                "",
            ])
    }

    /// Less of the bar, then of the values; no line reaches the last column.
    @Test func widthsOf60And30() {
        view(.live(isColoured: false), columns: 60)
            .report(.repetition(Self.measured, index: 7, count: nil, time: Self.time))
        #expect(
            screen.lines == [
                "[===       ]  30 %  cell 5/16  4 min 50 s left  until 14:32",
                "batch 2, 256 in, 64 out, repetition 7",
                "TTFT 95.2 ms (predicted 92.1)  135 tok/s (predicted 137)",
                "",
            ])
        screen.clear()
        view(.live(isColoured: false), columns: 30)
            .report(.repetition(Self.measured, index: 7, count: nil, time: Self.time))
        #expect(
            screen.lines == [
                "30 %  cell 5/16",
                "batch 2, 256 in, 64 out, repe",
                "TTFT 95.2 ms (predicted 92.1)",
                "",
            ])
    }

    @Test(arguments: 1...200)
    func noLineIsAsWideAsTheTerminal(columns: Int) {
        view(.live(isColoured: false), columns: columns)
            .report(.repetition(Self.measured, index: 7, count: nil, time: Self.time))
        #expect(screen.lines.allSatisfy { $0.count <= max(1, columns - 1) })
    }

    @Test func warmUpAndControlBeforeAnythingIsKnown() {
        let view = view(.live(isColoured: false), columns: 60)
        let unknown = SweepTime(elapsedSeconds: 0, remainingSeconds: nil)
        view.report(.warmup(Self.point, index: 1, count: 2, time: unknown))
        #expect(
            screen.lines == [
                "[" + String(repeating: " ", count: 40) + "]",
                "warm-up 1/2: batch 2, 256 in, 64 out", "",
            ])
        view.report(.control(Self.point, index: 2, count: 5, time: Self.time))
        #expect(
            screen.lines == [
                "[======               ]  30 %  4 min 50 s left  until 14:32",
                "control 2/5: batch 2, 256 in, 64 out", "",
            ])
    }

    @Test func aWarningStaysAndTheEndLeavesNothingElse() {
        let view = view(.live(isColoured: false), columns: 60)
        view.note("loading weights")
        #expect(screen.lines == ["loading weights", ""])
        view.report(.repetition(Self.measured, index: 1, count: 1, time: Self.time))
        view.report(.warning("the machine is busy"))
        view.report(.repetition(Self.measured, index: 1, count: 1, time: Self.time))
        view.report(
            .finished(Self.running, status: .oom, reason: "too much", time: Self.time))
        #expect(screen.lines.count == 3)
        view.end()
        #expect(
            screen.lines == [
                "warning: the machine is busy",
                "cell 5/16: batch 2, 256 in, 64 out: oom: too much; 4 min 50 s left", "",
            ])
    }

    /// The old lines take more rows in a terminal that was made narrower.
    @Test func aNarrowerTerminalIsErasedToo() {
        var columns = 100
        var written = ""
        let view = ProgressView(
            .live(isColoured: false), write: { written += $0 }, columns: { columns },
            timeOfDay: { _ in "" })
        view.note(String(repeating: "x", count: 90))
        columns = 40
        view.end()
        #expect(written.hasSuffix("\n\r\u{1B}[3A\u{1B}[J"))
    }

    /// Wide characters take two columns.
    @Test func textIsCutByItsWidth() {
        view(.live(isColoured: false), columns: 8).note("首token耗时")
        #expect(screen.lines == ["首token", ""])
    }

    @Test func coloursTakeNoColumns() {
        view(.live(isColoured: true), columns: 140)
            .report(.repetition(Self.running, index: 1, count: 1, time: Self.time))
        #expect(screen.written.contains("\u{1B}[32m[====="))
        #expect(screen.written.contains("\u{1B}[2mpredicted TTFT"))
        let coloured = screen.lines
        screen.clear()
        view(.live(isColoured: false), columns: 140)
            .report(.repetition(Self.running, index: 1, count: 1, time: Self.time))
        #expect(screen.lines == coloured)
        #expect(!screen.written.contains("\u{1B}"))
    }

    @Test func aLogHasALineForEachCell() {
        let view = view(.lines)
        let time = SweepTime(elapsedSeconds: 59, remainingSeconds: 290)
        view.note("loading weights")
        view.report(.warmup(Self.point, index: 1, count: 1, time: time))
        view.report(.repetition(Self.running, index: 1, count: 1, time: time))
        view.report(.finished(Self.measured, status: .ok, reason: nil, time: time))
        view.report(
            .finished(Self.running, status: .failed, reason: "lost a page", time: time))
        view.report(.warning("drift"))
        view.end()
        #expect(
            screen.written == """
                warm-up: batch 2, 256 in, 64 out
                cell 5/16: batch 2, 256 in, 64 out: TTFT 95.2 ms, 135 tok/s, TPOT 14.1 ms; \
                4 min 50 s left
                cell 5/16: batch 2, 256 in, 64 out: failed: lost a page; 4 min 50 s left
                warning: drift

                """)
    }

    /// Where cells end at last only, as when their repetitions take turns.
    @Test func aLogHasALineAMinuteAtLeast() {
        let view = view(.lines)
        for seconds in [0.0, 30, 59, 61, 100, 122] {
            view.report(
                .repetition(
                    Self.running, index: 2, count: 6,
                    time: SweepTime(elapsedSeconds: seconds, remainingSeconds: 8)))
        }
        let line = "cell 5/16: batch 2, 256 in, 64 out: repetition 2/6; 8 s left\n"
        #expect(screen.written == line + line)
    }

    @Test func quietKeepsWarningsAndWhatFailed() {
        let view = view(.quiet)
        view.note("loading weights")
        view.report(.repetition(Self.running, index: 1, count: 1, time: Self.time))
        view.report(.finished(Self.measured, status: .ok, reason: nil, time: Self.time))
        view.announce(
            Probe(
                point: Self.point, status: .ok, reason: nil, predictedBytes: nil, peakBytes: nil,
                observation: nil))
        #expect(screen.written == "")
        view.report(.warning("drift"))
        view.report(.finished(Self.running, status: .crash, reason: nil, time: Self.time))
        #expect(
            screen.written
                == "warning: drift\ncell 5/16: batch 2, 256 in, 64 out: crash; 4 min 50 s left\n")
    }

    /// Threads waited 50 of 1000 ms.
    @Test func aDisturbedAttemptSaysSo() {
        var conditions = RunConditions(
            elapsedNanoseconds: 1_000_000_000, involuntarySwitches: 0, minorFaults: 0,
            majorFaults: 0, threads: 1)
        conditions.runDelayNanoseconds = 50_000_000
        view(.lines).announce(
            Probe(
                point: Self.point, status: .ok,
                reason: "TTFT of 2.0 ms is over the limit of 1.0 ms",
                predictedBytes: nil, peakBytes: 48 << 20, observation: nil,
                conditions: [conditions]))
        #expect(
            screen.written
                == "256x64, batch 2: TTFT of 2.0 ms is over the limit of 1.0 ms, 48 MiB; "
                + "disturbed: threads waited 5 % of their time for a CPU\n")
    }

    @Test func theStyleFollowsTheEnvironment() {
        func style(
            isQuiet: Bool = false, isTerminal: Bool = true, _ environment: [String: String] = [:]
        ) -> ProgressView.Style {
            .init(isQuiet: isQuiet, isTerminal: isTerminal, environment: environment)
        }
        #expect(style() == .live(isColoured: true))
        #expect(style(["NO_COLOR": ""]) == .live(isColoured: true))
        #expect(style(["NO_COLOR": "1"]) == .live(isColoured: false))
        #expect(style(["TERM": "dumb"]) == .lines)
        #expect(style(isTerminal: false) == .lines)
        #expect(style(isQuiet: true) == .quiet)
    }

    @Test func numbersHaveThreeDigits() {
        let values = [0, 0.125, 9.994, 9.996, 99.94, 99.96, 1234.5]
        #expect(
            values.map(ProgressText.threeDigits) == [
                "0.00", "0.13", "9.99", "10.0", "99.9", "100", "1235",
            ])
    }

    @Test func durations() {
        let seconds = [0.2, 59, 60, 200, 7500, 1e12]
        #expect(
            seconds.map(ProgressText.duration) == [
                "1 s", "59 s", "1 min 0 s", "3 min 20 s", "2 h 5 min", "years",
            ])
    }
}
