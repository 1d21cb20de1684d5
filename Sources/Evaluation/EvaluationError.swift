/// What can be wrong with the questions, or with answers that are there already.
package enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// No subject of the exam has a file of questions.
    case noQuestions(exam: String, directory: String, example: String)
    /// A subject has questions but no examples, which the prompts need.
    case noExamples(path: String)
    /// There are fewer examples than were asked for.
    case tooFewExamples(path: String, found: Int, wanted: Int)
    /// A file of questions is not laid out as that of the exam; `line` counts from 1.
    case malformed(path: String, line: Int, what: String)
    /// No prompt fits into so many tokens.
    case nothingAsked(promptTokens: Int)
    /// Answers to go on with belong to other questions.
    case otherQuestions(path: String, line: Int)
    /// Answers to go on with were given in another way.
    case otherParameters(path: String, found: String, wanted: String)

    package var description: String {
        switch self {
        case .noQuestions(let exam, let directory, let example):
            "\(directory) has no questions of \(exam), such as \(example): set [precision] work_dir "
                + "to the folder that holds data/dev and data/val"
        case .noExamples(let path):
            "\(path) is missing: a subject needs its examples too"
        case .tooFewExamples(let path, let found, let wanted):
            "\(path) holds \(found) examples, shot = \(wanted): set [precision] shot to \(found) or "
                + "less"
        case .malformed(let path, let line, let what):
            "\(path), line \(line): \(what)"
        case .nothingAsked(let tokens):
            "no question was asked: each prompt has more than \(tokens) tokens, or there are no "
                + "questions; a smaller [precision] seq_len_out leaves more room"
        case .otherQuestions(let path, let line):
            "\(path), line \(line): that answer is not to these questions; delete the folder to "
                + "begin anew"
        case .otherParameters(let path, let found, let wanted):
            "\(path) is the log of other answers (\(found.isEmpty ? "unknown" : found)), this run is "
                + "\(wanted); delete the folder to begin anew"
        }
    }
}
