internal import Foundation
internal import Reporting
internal import Texts

/// The file of answers, `cache0.csv`: question, subject, expected, predicted in a line, no titles.
///
/// What is in it need not be asked again.
package final class AnswerSheet {
    package private(set) var answers: [Answer]
    private let file: OutputFile

    /// Opens or makes the file.
    ///
    /// A last line that was cut off is taken out.
    /// - Throws: `EvaluationError.otherQuestions` where an answer is not to these questions,
    ///   `ReportingError`.
    package init(path: String, sets: [QuestionSet]) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            answers = []
            file = try OutputFile(creating: path)
            return
        }
        let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let questions = sets.flatMap { set in set.questions.map { (set.subject.key, $0.answer) } }
        var answers: [Answer] = []
        for (index, line) in try Self.lines(data.prefix(whole), path: path).enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 4, let number = Int(fields[0]), questions.indices ~= number,
                number > answers.last?.question ?? -1,
                questions[number] == (String(fields[1]), String(fields[2]))
            else { throw EvaluationError.otherQuestions(path: path, line: index + 1) }
            answers.append(
                Answer(
                    question: number, subject: String(fields[1]), truth: String(fields[2]),
                    predicted: String(fields[3])))
        }
        if whole < data.count { try OutputFile.cut(path, to: whole) }
        self.answers = answers
        file = try OutputFile(appendingTo: path)
    }

    /// The lines of a sheet, which is UTF-8 without a mark: more lines are added behind them.
    private static func lines(_ data: Data, path: String) throws -> [Substring] {
        let text: String
        do {
            text = try PlainText.decode(file: [UInt8](data))
        } catch {
            throw EvaluationError.malformed(path: path, line: error.line, what: "\(error)")
        }
        guard text.utf8.count == data.count else {
            throw EvaluationError.malformed(
                path: path, line: 1,
                what: "it begins with a byte order mark; save the file as UTF-8 without one")
        }
        return text.split(separator: "\n")
    }

    /// The first question that has no answer, nor any one behind it.
    package var next: Int { (answers.last?.question ?? -1) + 1 }

    /// Keeps answers; they are on the disk when this returns.
    package func add(_ more: [Answer]) throws {
        answers += more
        try file.append(
            more.map { "\($0.question),\($0.subject),\($0.truth),\($0.predicted)\n" }.joined())
    }
}
