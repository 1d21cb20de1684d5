internal import Reporting

/// A CSV file of questions as C-Eval and MMLU publish them.
///
/// C-Eval: the titles `id,question,A,B,C,D,answer`, in `dev` with `explanation` behind them. MMLU: the
/// same fields without number and titles.
struct QuestionFile {
    let questions: [Question]

    /// - Throws: `ReportingError` for a file that is no CSV, `EvaluationError.malformed`.
    init(path: String, exam: Exam) throws {
        let file = try CSVFile(path: path)
        let first = exam.hasTitles ? 1 : 0
        let titles = ["question"] + Question.letters + ["answer"]
        if exam.hasTitles {
            guard Array(file.header.dropFirst(first).prefix(6)) == titles else {
                throw EvaluationError.malformed(
                    path: path, line: 1,
                    what: "the titles are \(file.header.joined(separator: ",")), not "
                        + "id,\(titles.joined(separator: ","))")
            }
        }
        let lines =
            (exam.hasTitles ? [] : [(number: 1, fields: file.header)])
            + file.lines.map { (number: $0.number, fields: $0.fields) }
        questions = try lines.map { line in
            let fields = line.fields.dropFirst(first).prefix(6)
            guard fields.count == 6, let answer = fields.last,
                Question.letters.contains(answer)
            else {
                throw EvaluationError.malformed(
                    path: path, line: line.number,
                    what: "a question, four choices and one of A, B, C, D were expected")
            }
            let texts = Array(fields)
            return Question(text: texts[0], choices: Array(texts[1...4]), answer: answer)
        }
    }
}
