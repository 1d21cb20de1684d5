import FoundationEssentials

/// When requests once arrived, as a file has it.
///
/// A line is a number of seconds, or, where the first one begins with a brace, a JSON object whose
/// `timestamp` is in milliseconds, as Mooncake's traces have it; what else the object has is left out.
/// Times are from the start of the window on and never go back; blank lines are left out.
package struct ArrivalTrace: Equatable, Sendable {
    /// As the user wrote it.
    package let path: String
    /// Nanoseconds from the start of the window, ascending; at least one.
    package let offsets: [UInt64]

    private static let mostBytes = 2 << 30
    /// A week: a time that was not counted from the start, but from 1970, is beyond it.
    private static let mostSeconds = 604_800.0

    /// Reads a file.
    package init(path: String) throws(WorkloadError) {
        let bytes = try WorkloadFile.bytes(path, limit: Self.mostBytes)
        try self.init(WorkloadFile.text(bytes, path: path), path: path)
    }

    /// Takes the text of a file.
    ///
    /// - Parameter path: what errors call it.
    package init(_ text: String, path: String) throws(WorkloadError) {
        func problem(_ line: Int, _ what: String, _ remedy: String) -> WorkloadError {
            .file(path: path, line: line, problem: what, remedy: remedy)
        }
        var offsets: [UInt64] = []
        var isJSON: Bool?
        var last = 0.0
        for (number, line) in WorkloadFile.lines(text) {
            let readsJSON = isJSON ?? (line.first == "{")
            isJSON = readsJSON
            guard let seconds = readsJSON ? Self.timestamp(line) : OptionText.decimal(line) else {
                throw readsJSON
                    ? problem(
                        number, "\"\(WorkloadFile.shown(line))\" has no time",
                        "write {\"timestamp\": milliseconds} on each line")
                    : problem(
                        number, "\"\(WorkloadFile.shown(line))\" is no number of seconds",
                        "write a number such as 1.5 on each line")
            }
            guard seconds >= 0, seconds <= Self.mostSeconds else {
                throw problem(
                    number, "\(seconds) s is not within a week of the start",
                    "count the times from that of the first request")
            }
            guard seconds >= last else {
                throw problem(number, "the time goes back", "sort the lines by time")
            }
            guard offsets.count < Grid.largestValue else {
                throw problem(
                    number, "there are more than \(Grid.largestValue) arrivals",
                    "give a part of it")
            }
            last = seconds
            offsets.append(UInt64((seconds * 1e9).rounded()))
        }
        guard !offsets.isEmpty else {
            throw .file(
                path: path, line: nil, problem: "it has no arrival",
                remedy: "write a number of seconds on each line")
        }
        self.path = path
        self.offsets = offsets
    }

    private struct Line: Decodable {
        /// In milliseconds.
        let timestamp: Double
    }

    /// The seconds that an object tells.
    private static func timestamp(_ line: Substring) -> Double? {
        try? JSONDecoder().decode(Line.self, from: Data(line.utf8)).timestamp / 1e3
    }
}
