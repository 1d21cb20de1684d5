internal import Measurement

/// A recording as a trace that Perfetto (ui.perfetto.dev) and Chrome (chrome://tracing) show.
///
/// Format: Trace Event Format (Google, 2016), the object with `traceEvents`. Track 0 is the main
/// thread with the steps; worker k has track k + 1 with its operators and the barriers behind them.
/// Times are microseconds from the first stamp on, with three decimals: nanoseconds.
public struct Timeline: Sendable {
    private let recording: Recording
    private let usage: [UsagePoint]
    /// The time that the trace calls 0.
    private let origin: UInt64

    /// - Parameter usage: what the process had used before the first step and after each, in the
    ///   order of time.
    public init(_ recording: Recording, usage: [UsagePoint] = []) {
        self.recording = recording
        self.usage = usage
        let starts = [
            recording.steps.first?.loopTop, recording.passes.first?.start,
            recording.spans.lazy.map(\.start).min(), usage.first?.nanoseconds,
        ]
        origin = starts.compactMap { $0 }.min() ?? 0
    }

    /// Writes the trace, event by event: it may be larger than one would hold as text.
    public func write(to output: inout some TextOutputStream) {
        output.write("{\"displayTimeUnit\":\"ns\",\"otherData\":{")
        let shape = recording.shape
        output.write("\"batch\":\(shape.batch),\"input_length\":\(shape.inputLength),")
        output.write("\"output_length\":\(shape.outputLength),")
        output.write("\"dropped_spans\":\(recording.droppedSpans)},\"traceEvents\":[\n")
        output.write(metadata("process_name", track: 0, "\"name\":\"tokenmark\""))
        writeTracks(to: &output)
        writeSteps(to: &output)
        writeSpans(to: &output)
        writeRates(to: &output)
        writeUsage(to: &output)
        output.write("\n]}\n")
    }

    private func writeTracks(to output: inout some TextOutputStream) {
        let names = ["main thread"] + (0..<recording.threadCount).map { "worker \($0)" }
        for (track, name) in names.enumerated() {
            output.write(",\n" + metadata("thread_name", track: track, "\"name\":\"\(name)\""))
            output.write(
                ",\n" + metadata("thread_sort_index", track: track, "\"sort_index\":\(track)"))
        }
    }

    private func writeSteps(to output: inout some TextOutputStream) {
        for (step, stamps) in recording.steps.enumerated() {
            let name = step == 0 ? "prefill" : "decode"
            let parts = [
                (name, stamps.loopTop, stamps.tokenBooked),
                ("pre", stamps.loopTop, stamps.inputsPrepared),
                ("forward", stamps.inputsPrepared, stamps.forwardDone),
                ("post", stamps.forwardDone, stamps.tokenBooked),
            ]
            for (name, start, end) in parts {
                output.write(
                    slice(
                        JSONText.quoted(name), category: "step", track: 0, from: start, to: end,
                        "\"step\":\(step)"))
            }
        }
        for pass in recording.passes {
            output.write(
                slice(
                    "\"pass\"", category: "pass", track: 0, from: pass.start, to: pass.end,
                    "\"step\":\(pass.step)"))
        }
    }

    private func writeSpans(to output: inout some TextOutputStream) {
        let names = recording.operators.map { JSONText.quoted($0.name) }
        for span in recording.spans {
            let layer = span.layer.map { ",\"layer\":\($0)" } ?? ""
            let arguments = "\"step\":\(span.step)\(layer)"
            output.write(
                slice(
                    names[span.operatorIndex], category: "operator", track: span.thread + 1,
                    from: span.start, to: span.end, arguments))
            guard span.released > span.end else { continue }
            output.write(
                slice(
                    "\"barrier\"", category: "barrier", track: span.thread + 1, from: span.end,
                    to: span.released, arguments))
        }
    }

    /// The tokens a second of each step, from the moment the step before was done: a viewer draws a
    /// value up to the next one.
    private func writeRates(to output: inout some TextOutputStream) {
        guard var before = recording.steps.first?.loopTop else { return }
        for stamps in recording.steps {
            if stamps.tokenBooked > before {
                let seconds = Double(stamps.tokenBooked - before) / 1e9
                let rate = Double(recording.shape.batch) / seconds
                output.write(counter("tokens/s", at: before, "\(rate)"))
            }
            before = stamps.tokenBooked
        }
    }

    private func writeUsage(to output: inout some TextOutputStream) {
        for (index, point) in usage.enumerated() {
            if let bytes = point.residentBytes {
                output.write(counter("resident memory (bytes)", at: point.nanoseconds, "\(bytes)"))
            }
            guard index > 0 else { continue }
            let earlier = usage[index - 1]
            let growth = [
                ("minor page faults", point.minorFaults - earlier.minorFaults),
                ("major page faults", point.majorFaults - earlier.majorFaults),
                ("voluntary context switches", point.voluntarySwitches - earlier.voluntarySwitches),
                (
                    "involuntary context switches",
                    point.involuntarySwitches - earlier.involuntarySwitches
                ),
            ]
            for (name, count) in growth where count > 0 {
                output.write(
                    ",\n{\"ph\":\"i\",\"s\":\"t\",\"pid\":1,\"tid\":0,\"ts\":"
                        + time(point.nanoseconds) + ",\"name\":\(JSONText.quoted(name)),"
                        + "\"cat\":\"usage\",\"args\":{\"count\":\(count)}}")
            }
        }
    }
}

// MARK: - Events

extension Timeline {
    private func metadata(_ name: String, track: Int, _ arguments: String) -> String {
        "{\"ph\":\"M\",\"pid\":1,\"tid\":\(track),\"name\":\"\(name)\",\"args\":{\(arguments)}}"
    }

    /// - Parameters:
    ///   - name: in quotes already, for it is the same for many.
    ///   - arguments: the inside of a JSON object.
    private func slice(
        _ name: String, category: String, track: Int, from start: UInt64, to end: UInt64,
        _ arguments: String
    ) -> String {
        ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":\(track),\"ts\":" + time(start) + ",\"dur\":"
            + Self.microseconds(end > start ? end - start : 0)
            + ",\"name\":\(name),\"cat\":\"\(category)\",\"args\":{\(arguments)}}"
    }

    private func counter(_ name: String, at moment: UInt64, _ value: String) -> String {
        ",\n{\"ph\":\"C\",\"pid\":1,\"tid\":0,\"ts\":" + time(moment)
            + ",\"name\":\(JSONText.quoted(name)),\"args\":{\"value\":\(value)}}"
    }

    private func time(_ moment: UInt64) -> String {
        Self.microseconds(moment > origin ? moment - origin : 0)
    }

    /// Nanoseconds as microseconds with three decimals.
    static func microseconds(_ nanoseconds: UInt64) -> String {
        let rest = nanoseconds % 1000
        let zeros = rest < 10 ? "00" : rest < 100 ? "0" : ""
        return "\(nanoseconds / 1000).\(zeros)\(rest)"
    }
}
