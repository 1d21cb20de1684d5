/// A question with four choices.
package struct Question: Equatable, Sendable {
    package static let letters = ["A", "B", "C", "D"]

    package let text: String
    package let choices: [String]
    /// The letter of the right choice.
    package let answer: String

    package init(text: String, choices: [String], answer: String) {
        self.text = text
        self.choices = choices
        self.answer = answer
    }
}
