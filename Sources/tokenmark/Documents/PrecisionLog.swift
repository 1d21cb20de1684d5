internal import Evaluation
internal import Foundation
internal import Reporting

/// `device0.log` of `--task precision`: how the questions were asked, and every answer as it came.
final class PrecisionLog {
    private static let title = "parameters: "
    private let file: OutputFile

    /// Opens or makes the file.
    ///
    /// - Throws: `EvaluationError.otherParameters` where it was begun with others, `ReportingError`.
    init(path: String, parameters: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            file = try OutputFile(creating: path)
            try add(Self.title + parameters)
            return
        }
        let found = String(decoding: data, as: UTF8.self).split(separator: "\n").first ?? ""
        guard found == Self.title + parameters else {
            throw EvaluationError.otherParameters(
                path: path, found: String(found.trimmingPrefix(Self.title)), wanted: parameters)
        }
        file = try OutputFile(appendingTo: path)
    }

    func add(_ line: String) throws {
        try file.append(line + "\n")
    }
}
