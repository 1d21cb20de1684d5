import Evaluation
import Testing

@Suite struct PromptTests {
    private let subject = Subject(key: "computer_network", category: "STEM", isHard: false)
    private let example = Question(
        text: "How many bits has an IPv4 address?", choices: ["8", "16", "32", "128"], answer: "C")
    private let question = Question(
        text: "Which layer routes?", choices: ["Link", "Network", "Transport", "None"], answer: "B")

    /// Two blanks after "about", as the documents' test writes it.
    @Test func theTextIsThatOfTheDocuments() {
        #expect(
            Prompt.text(subject, examples: [example], question: question) == """
                The following are multiple choice questions (with answers) about  computer network.

                How many bits has an IPv4 address?
                A. 8
                B. 16
                C. 32
                D. 128
                Answer: C

                Which layer routes?
                A. Link
                B. Network
                C. Transport
                D. None
                Answer:
                """)
    }

    /// A token for each character.
    private func length(examples count: Int, limit: Int) -> Int? {
        let set = QuestionSet(
            subject: subject, examples: Array(repeating: example, count: count),
            questions: [question])
        return Prompt.tokens(set, question, limit: limit) { text in text.map { _ in 0 } }?
            .tokens.count
    }

    @Test func examplesAreLeftOutUntilThePromptFits() {
        func size(_ count: Int) -> Int {
            Prompt.text(
                subject, examples: Array(repeating: example, count: count), question: question
            ).count
        }
        #expect(length(examples: 5, limit: size(5)) == size(5))
        #expect(length(examples: 5, limit: size(5) - 1) == size(4))
        #expect(length(examples: 5, limit: size(1)) == size(1))
        // One example must stay, where there are any.
        #expect(length(examples: 5, limit: size(1) - 1) == nil)
        #expect(length(examples: 0, limit: size(0)) == size(0))
        #expect(length(examples: 0, limit: size(0) - 1) == nil)
    }

    @Test(arguments: [
        (" B", "B"), ("b. Network", "B"), ("42 (c)", "C"), ("The answer is B", "T"), ("", "-1"),
        ("答案：D", "D"), ("１２ é", "-1"),
    ])
    func theFirstLetterIsTheAnswer(text: String, letter: String) {
        #expect(Answer.letter(in: text) == letter)
    }
}
