internal import Basics
internal import Evaluation
internal import Foundation
internal import Measurement
internal import Qwen
internal import Reporting
internal import Sweep

/// What the documents' driver does for `--task precision`: asks a model the questions of an exam, each
/// after a few examples, and writes answers and accuracies to `test_result` in the working folder.
///
/// An answer is generated, greedily, and its first letter counts.
struct PrecisionTask {
    /// Tokens of a prompt at most; above, examples are left out, and then the question.
    static let promptTokens = 2000

    let loaded: LoadedModel
    let tokenizer: Tokenizer
    let exam: Exam
    let sets: [QuestionSet]
    /// Holds `data`.
    let directory: String
    /// Where the answers go, locked.
    let results: String
    let batch: Int
    /// Tokens of an answer at most.
    let newTokens: Int
    let isQuiet: Bool

    /// - Parameter describe: adds to the manifest what only the caller knows.
    /// - Throws: `EvaluationError`, `ReportingError`, `QwenError`, `MachineError`,
    ///   `Interruption.exitStatus`.
    func run(describe: (inout Manifest) throws(ReportingError) -> Void) throws {
        let missing = exam.subjects.count - sets.count
        if missing > 0 {
            Terminal.error(
                "warning: \(missing) of \(exam.subjects.count) subjects of \(exam.title) have no file "
                    + "in \(directory)/data/val\n")
        }
        let sheet = try AnswerSheet(path: "\(results)/cache0.csv", sets: sets)
        let log = try PrecisionLog(
            path: "\(results)/device0.log", parameters: parameters,
            hasAnswers: !sheet.answers.isEmpty)
        var manifest = try manifest(describe)
        if !sheet.answers.isEmpty { manifest = try manifest.continuing(in: results) }
        try manifest.write(to: results)
        Interruption.listen()
        let isWhole = try ask(sheet, log)
        manifest.status = isWhole ? .completed : .interrupted
        manifest.finishedAt = Timestamp.now.iso8601
        try manifest.write(to: results)
        guard isWhole else {
            Resumption.advise("run", results)
            throw Interruption.exitStatus
        }
        try report(sheet)
    }

    /// What is asked, of what, on what.
    private func manifest(
        _ describe: (inout Manifest) throws(ReportingError) -> Void
    ) throws(ReportingError) -> Manifest {
        var manifest = Manifest(
            toolVersion: ToolVersion.current, commandLine: CommandLine.arguments,
            buildConfiguration: BuildConfiguration.name,
            engine: QwenEngine(loaded).identity,
            grid: Grid(batches: [batch], pairs: [LengthPair(promptLimit, newTokens)], warmup: 0))
        try describe(&manifest)
        try manifest.set("working_directory", to: FileManager.default.currentDirectoryPath)
        try manifest.set("task", to: "precision")
        return manifest
    }

    private func report(_ sheet: AnswerSheet) throws {
        let skipped = questionCount - sheet.answers.count
        guard !sheet.answers.isEmpty else {
            throw EvaluationError.nothingAsked(promptTokens: promptLimit)
        }
        if skipped > 0 {
            Terminal.error(
                "warning: \(skipped) of \(questionCount) questions were skipped, their prompts have "
                    + "more than \(promptLimit) tokens\n")
        }
        let score = Score(exam, sheet.answers)
        try OutputFile.write(
            Score.json(score.subjects), to: "\(results)/result_0_subject_acc.json")
        try OutputFile.write(
            Score.json(score.classes), to: "\(results)/result_0_classes_acc.json")
        for (name, share) in score.classes {
            try Terminal.output(
                "\(name): \(share.accuracy) (\(share.correct) of \(share.asked))\n")
        }
        try Terminal.output("\nAnswers: \(results)\n")
    }

    /// What answers depend on.
    private var parameters: String {
        "model=\(loaded.source.configuration.name) weights=\(weightsPath) precision=\(loaded.model.precision.rawValue) "
            + "kv_cache=\(loaded.model.cachePrecision.rawValue) mode=\(exam.rawValue) batch=\(batch) "
            + "shot=\(sets[0].examples.count) seq_len_out=\(newTokens) "
            + "questions=\(QuestionSet.mark(of: sets))"
    }

    private var weightsPath: String {
        URL(fileURLWithPath: loaded.source.path ?? "").standardizedFileURL.path
    }

    private var questionCount: Int { sets.reduce(0) { $0 + $1.questions.count } }

    /// - Returns: whether every question was asked; otherwise it was asked to stop.
    private func ask(_ sheet: AnswerSheet, _ log: PrecisionLog) throws -> Bool {
        let total = questionCount
        let begun = sheet.next
        if begun > 0, !isQuiet {
            Terminal.error("\(begun) of \(total) questions are answered already\n")
        }
        var respondent = Respondent(
            loaded: loaded, promptTokens: promptLimit, newTokens: newTokens,
            endTokens: tokenizer.endTokens.union(try loaded.source.generation().endTokens))
        // A batch that does not fit is found before the first question.
        if begun < total {
            try respondent.prepare(batch: min(batch, sets.map(\.questions.count).max() ?? 1))
        }
        let start = Clock.now()
        var first = 0
        for set in sets {
            let end = first + set.questions.count
            var question = max(first, begun)
            while question < end {
                let range = question..<min(question + batch, end)
                try answer(set, range, first: first, &respondent, sheet, log)
                question = range.upperBound
                if Interruption.isRequested, question < total {
                    Terminal.error("\(question) of \(total) questions are answered\n")
                    return false
                }
            }
            if end > begun, !isQuiet {
                let seconds = Double(Clock.now() - start) / 1e9
                let left = seconds / Double(end - begun) * Double(total - end)
                Terminal.error(
                    "\(set.subject.key): \(end) of \(total) questions; \(Int(left)) s left\n")
            }
            first = end
        }
        return true
    }

    private var promptLimit: Int {
        min(Self.promptTokens, loaded.model.configuration.maximumPositions - newTokens)
    }

    /// Asks the questions of a range, counted over all subjects; `first` is the first of this one.
    private func answer(
        _ set: QuestionSet, _ range: Range<Int>, first: Int, _ respondent: inout Respondent,
        _ sheet: AnswerSheet, _ log: PrecisionLog
    ) throws {
        var asked: [Int] = []
        var prompts: [[Int]] = []
        var lines: [String] = []
        for number in range {
            let prompt = try Prompt.tokens(
                set, set.questions[number - first], limit: promptLimit,
                encode: { try tokenizer.promptTokens($0) })
            if let prompt {
                asked.append(number)
                prompts.append(prompt.tokens)
                lines.append(
                    "question \(number), \(set.subject.key): \(prompt.tokens.count) tokens, "
                        + "\(prompt.examples) examples")
            } else {
                lines.append(
                    "question \(number), \(set.subject.key): skipped, its prompt is too long")
            }
        }
        guard !prompts.isEmpty else { return try log.add(lines) }
        var answers: [Answer] = []
        for (number, tokens) in zip(asked, try respondent.answer(prompts)) {
            let text = try StreamedText.text(tokens, tokenizer)
            let answer = Answer(
                question: number, subject: set.subject.key,
                truth: set.questions[number - first].answer,
                predicted: Answer.letter(in: text))
            answers.append(answer)
            lines.append(
                "question \(number), \(set.subject.key): \(String(reflecting: text)) "
                    + "[\(answer.isCorrect ? "Correct" : "Wrong")] predict: \(answer.predicted), "
                    + "label: \(answer.truth)")
        }
        try log.add(lines)
        try sheet.add(answers)
    }
}
