internal import Foundation
internal import Reporting

/// The questions of one subject, and the examples that go before each.
package struct QuestionSet: Equatable, Sendable {
    package let subject: Subject
    package let examples: [Question]
    package let questions: [Question]

    package init(subject: Subject, examples: [Question], questions: [Question]) {
        self.subject = subject
        self.examples = examples
        self.questions = questions
    }

    /// Reads `data/val/<subject>_val.csv` and `data/dev/<subject>_dev.csv` of every subject that has
    /// the first of them.
    ///
    /// The answers to C-Eval's test questions are not public; the documents' test asks those of `val`.
    /// - Parameter shots: examples before a question.
    /// - Throws: `EvaluationError`, `ReportingError`.
    package static func read(_ exam: Exam, in directory: String, shots: Int) throws -> [QuestionSet]
    {
        func path(_ split: String, _ subject: Subject) -> String {
            "\(directory)/data/\(split)/\(subject.key)_\(split).csv"
        }
        let files = FileManager.default
        let sets: [QuestionSet] = try exam.subjects.compactMap { subject in
            guard files.fileExists(atPath: path("val", subject)) else { return nil }
            let examplesPath = path("dev", subject)
            guard shots == 0 || files.fileExists(atPath: examplesPath) else {
                throw EvaluationError.noExamples(path: examplesPath)
            }
            let examples =
                shots == 0 ? [] : try QuestionFile(path: examplesPath, exam: exam).questions
            guard examples.count >= shots else {
                throw EvaluationError.tooFewExamples(
                    path: examplesPath, found: examples.count, wanted: shots)
            }
            return QuestionSet(
                subject: subject, examples: Array(examples.prefix(shots)),
                questions: try QuestionFile(path: path("val", subject), exam: exam).questions)
        }
        guard !sets.isEmpty else {
            throw EvaluationError.noQuestions(
                exam: exam.title, directory: directory, example: path("val", exam.subjects[0]))
        }
        return sets
    }

    /// A mark of the questions and examples, in 16 hexadecimal digits: equal marks, the same exam.
    package static func mark(of sets: [QuestionSet]) -> String {
        let texts = sets.flatMap { set in
            (set.examples + set.questions).flatMap {
                [set.subject.key, $0.text] + $0.choices + [$0.answer]
            }
        }
        return hexadecimal(fingerprint(texts.map { "\($0)\n" }.joined()))
    }
}
