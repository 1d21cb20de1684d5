internal import Basics
package import Evaluation
internal import Foundation
internal import Measurement
package import Qwen
package import Reporting
internal import Sweep

/// What the documents' driver does for `--task precision`: asks a model the questions of an exam, each
/// after a few examples, and writes answers and accuracies to `test_result` in the working folder.
///
/// An answer is generated, greedily, and its first letter counts.
package struct PrecisionTask {
    /// Tokens of a prompt at most; above, examples are left out, and then the question.
    package static let promptTokens = 2000

    package let model: any AnsweringModel
    /// Of the model.
    package let source: ModelSource
    package let tokenizer: Tokenizer
    package let exam: Exam
    package let sets: [QuestionSet]
    /// Holds `data`.
    package let directory: String
    /// Where the answers go, locked.
    package let results: String
    package let batch: Int
    /// Tokens of an answer at most.
    package let newTokens: Int
    package let caller: Caller

    package init(
        model: any AnsweringModel, source: ModelSource, tokenizer: Tokenizer, exam: Exam,
        sets: [QuestionSet], directory: String, results: String, batch: Int, newTokens: Int,
        caller: Caller
    ) {
        self.model = model
        self.source = source
        self.tokenizer = tokenizer
        self.exam = exam
        self.sets = sets
        self.directory = directory
        self.results = results
        self.batch = batch
        self.newTokens = newTokens
        self.caller = caller
    }

    /// How far it came.
    package enum Ending {
        /// Every question was asked, but for those whose prompt is too long.
        case whole(Score)
        /// It was asked to stop.
        case interrupted(answered: Int, of: Int)
    }

    /// Asks, and writes the files.
    ///
    /// - Parameter describe: adds to the manifest what only the caller knows.
    /// - Throws: `EvaluationError`, `ReportingError`, `QwenError`, `MachineError`.
    package func run(
        describe: (inout Manifest) throws(ReportingError) -> Void
    ) throws -> Ending {
        let missing = exam.subjects.count - sets.count
        if missing > 0 {
            caller.warn(
                "\(missing) of \(exam.subjects.count) subjects of \(exam.title) have no file "
                    + "in \(directory)/data/val")
        }
        let sheet = try AnswerSheet(path: "\(results)/cache0.csv", sets: sets)
        let cache = try model.facts().execution.kvCachePrecision
        let log = try PrecisionLog(
            path: "\(results)/device0.log", parameters: parameters(cache: cache),
            hasAnswers: !sheet.answers.isEmpty)
        var manifest = try manifest(describe)
        if !sheet.answers.isEmpty { manifest = try manifest.continuing(in: results) }
        try manifest.write(to: results)
        caller.didLoad()
        let asked = try ask(sheet, log)
        let isWhole = asked == questionCount
        manifest.status = isWhole ? .completed : .interrupted
        manifest.finishedAt = Timestamp.now.iso8601
        try manifest.write(to: results)
        return isWhole
            ? .whole(try score(sheet)) : .interrupted(answered: asked, of: questionCount)
    }

    /// What is asked, of what, on what.
    private func manifest(
        _ describe: (inout Manifest) throws(ReportingError) -> Void
    ) throws(ReportingError) -> Manifest {
        var manifest = Manifest(
            toolVersion: caller.toolVersion, commandLine: caller.commandLine,
            buildConfiguration: BuildConfiguration.name,
            engine: model.identity,
            grid: Grid(batches: [batch], pairs: [LengthPair(promptLimit, newTokens)], warmup: 0))
        try describe(&manifest)
        try manifest.set("working_directory", to: FileManager.default.currentDirectoryPath)
        try manifest.set("task", to: "precision")
        return manifest
    }

    private func score(_ sheet: AnswerSheet) throws -> Score {
        let skipped = questionCount - sheet.answers.count
        guard !sheet.answers.isEmpty else {
            throw EvaluationError.nothingAsked(promptTokens: promptLimit)
        }
        if skipped > 0 {
            caller.warn(
                "\(skipped) of \(questionCount) questions were skipped, their prompts have "
                    + "more than \(promptLimit) tokens")
        }
        let score = Score(exam, sheet.answers)
        try OutputFile.write(
            Score.json(score.subjects), to: "\(results)/result_0_subject_acc.json")
        try OutputFile.write(
            Score.json(score.classes), to: "\(results)/result_0_classes_acc.json")
        return score
    }

    /// What answers depend on.
    private func parameters(cache: String) -> String {
        "model=\(source.configuration.name) weights=\(weightsPath) precision=\(source.precision.rawValue) "
            + "kv_cache=\(cache) mode=\(exam.rawValue) batch=\(batch) "
            + "shot=\(sets[0].examples.count) seq_len_out=\(newTokens) "
            + "questions=\(QuestionSet.mark(of: sets))"
    }

    private var weightsPath: String {
        URL(fileURLWithPath: source.path ?? "").standardizedFileURL.path
    }

    private var questionCount: Int { sets.reduce(0) { $0 + $1.questions.count } }

    /// - Returns: how many questions are done; not all of them where it was asked to stop.
    private func ask(_ sheet: AnswerSheet, _ log: PrecisionLog) throws -> Int {
        let total = questionCount
        let begun = sheet.next
        if begun > 0 {
            caller.progress?.say("\(begun) of \(total) questions are answered already")
        }
        var respondent = Respondent(
            model: model, promptTokens: promptLimit, newTokens: newTokens,
            endTokens: tokenizer.endTokens.union(try source.generation().endTokens))
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
                if caller.isCancelled(), question < total { return question }
            }
            if end > begun {
                let seconds = Double(Clock.now() - start) / 1e9
                let left = seconds / Double(end - begun) * Double(total - end)
                caller.progress?.say(
                    "\(set.subject.key): \(end) of \(total) questions; \(Int(left)) s left")
            }
            first = end
        }
        return total
    }

    private var promptLimit: Int {
        min(Self.promptTokens, source.configuration.maximumPositions - newTokens)
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
