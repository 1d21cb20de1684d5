/// How many answers were right: by subject, by class, and of all.
package struct Score: Equatable, Sendable {
    /// Right answers of those that were given.
    package struct Share: Equatable, Sendable {
        package var correct = 0
        package var asked = 0

        package var accuracy: Double { Double(correct) / Double(asked) }

        static func += (sum: inout Share, share: Share) {
            sum.correct += share.correct
            sum.asked += share.asked
        }
    }

    package typealias Line = (name: String, share: Share)

    private let exam: Exam
    private var shares: [String: Share] = [:]

    package init(_ exam: Exam, _ answers: [Answer]) {
        self.exam = exam
        for answer in answers {
            shares[answer.subject, default: Share()] += Share(
                correct: answer.isCorrect ? 1 : 0, asked: 1)
        }
    }

    /// Sorted by subject; those that were not asked are left out.
    package var subjects: [Line] {
        exam.subjects.compactMap { subject in shares[subject.key].map { (subject.key, $0) } }
    }

    /// The classes, then `Avg` of all questions, and `Avg(Hard)` of those of hard subjects.
    ///
    /// The documents' test divides the right answers to hard questions by the number of all
    /// questions; here it is by the number of hard ones, as C-Eval defines it.
    package var classes: [Line] {
        var lines = exam.categories.map { category in
            (category, sum(of: { $0.category == category }))
        }
        lines.append(("Avg", sum(of: { _ in true })))
        lines.append(("Avg(Hard)", sum(of: \.isHard)))
        return lines.filter { $0.1.asked > 0 }
    }

    /// One line of JSON, the accuracies as fractions.
    package static func json(_ lines: [Line]) -> String {
        "{" + lines.map { "\"\($0.name)\": \($0.share.accuracy)" }.joined(separator: ", ") + "}\n"
    }

    private func sum(of isWanted: (Subject) -> Bool) -> Share {
        var sum = Share()
        for subject in exam.subjects where isWanted(subject) {
            if let share = shares[subject.key] { sum += share }
        }
        return sum
    }
}
