/// The text that asks a question, as the documents' test has it: in English, whatever the exam.
package enum Prompt {
    /// - Parameter examples: with their answers, before the question.
    package static func text(
        _ subject: Subject, examples: some Sequence<Question>, question: Question
    ) -> String {
        // Theirs puts a blank before every word, the first one too.
        let words = subject.key.split(separator: "_").map { " \($0)" }.joined()
        var text = "The following are multiple choice questions (with answers) about \(words).\n\n"
        for example in examples {
            text += asked(example) + " \(example.answer)\n\n"
        }
        return text + asked(question)
    }

    /// The tokens of the prompt with as many examples as fit, one at least where there are any.
    ///
    /// - Parameters:
    ///   - limit: tokens at most.
    ///   - encode: text to tokens.
    /// - Returns: the tokens, and how many examples are in them; nil where even one example makes it
    ///   too long.
    package static func tokens(
        _ set: QuestionSet, _ question: Question, limit: Int, encode: (String) throws -> [Int]
    ) rethrows -> (tokens: [Int], examples: Int)? {
        let least = min(1, set.examples.count)
        for count in stride(from: set.examples.count, through: least, by: -1) {
            let examples = set.examples.prefix(count)
            let tokens = try encode(text(set.subject, examples: examples, question: question))
            if tokens.count <= limit { return (tokens, count) }
        }
        return nil
    }

    private static func asked(_ question: Question) -> String {
        let choices = zip(Question.letters, question.choices).map { "\n\($0). \($1)" }.joined()
        return question.text + choices + "\nAnswer:"
    }
}
