internal import Evaluation
internal import Foundation
internal import Reporting

/// `device0.log` of `--task precision`: how the questions were asked, and every answer as it came.
final class PrecisionLog {
    private static let title = "parameters: "
    private let file: OutputFile

    /// Begins the file, or goes on with it where there are answers already.
    ///
    /// - Throws: `EvaluationError.otherParameters` where those were given with other parameters, or it
    ///   does not say with which, `ReportingError`.
    init(path: String, parameters: String, hasAnswers: Bool) throws {
        guard hasAnswers else {
            try OutputFile.replace(path, with: Self.title + parameters + "\n")
            file = try OutputFile(appendingTo: path)
            return
        }
        let data = FileManager.default.contents(atPath: path) ?? Data()
        let found = String(decoding: data, as: UTF8.self).split(separator: "\n").first ?? ""
        guard found == Self.title + parameters else {
            throw EvaluationError.otherParameters(
                path: path, found: String(found.trimmingPrefix(Self.title)), wanted: parameters)
        }
        file = try OutputFile(appendingTo: path)
        // A line that was cut off does not run into the next one.
        if data.last != UInt8(ascii: "\n") { try add([""]) }
    }

    /// Keeps lines; they are on the disk when this returns.
    func add(_ lines: [String]) throws {
        try file.append(lines.map { $0 + "\n" }.joined())
    }
}
