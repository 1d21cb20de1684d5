/// What a model answered to one question.
package struct Answer: Equatable, Sendable {
    /// Number of the question over all subjects, from 0; those that were skipped count.
    package let question: Int
    package let subject: String
    /// The letter of the right choice.
    package let truth: String
    /// The letter that was answered, or `-1`.
    package let predicted: String

    package init(question: Int, subject: String, truth: String, predicted: String) {
        self.question = question
        self.subject = subject
        self.truth = truth
        self.predicted = predicted
    }

    package var isCorrect: Bool { truth == predicted }

    /// The documents' rule: the first letter of the alphabet in the text, in upper case; `-1` without.
    ///
    /// A word such as "The" therefore answers T, which is wrong.
    package static func letter(in text: String) -> String {
        let letter = text.unicodeScalars.first { $0.isASCII && $0.properties.isAlphabetic }
        return letter.map { String($0).uppercased() } ?? "-1"
    }
}
