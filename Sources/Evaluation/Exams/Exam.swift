/// A set of multiple-choice questions in many subjects.
package enum Exam: String, CaseIterable, Sendable {
    case cEval = "ceval"
    case mmlu

    package var title: String {
        switch self {
        case .cEval: "C-Eval"
        case .mmlu: "MMLU"
        }
    }

    /// In the order they are asked: sorted by key.
    package var subjects: [Subject] {
        let hard = self == .cEval ? Self.hardSubjects : []
        return keys.flatMap { category, keys in
            keys.map { Subject(key: $0, category: category, isHard: hard.contains($0)) }
        }.sorted { $0.key < $1.key }
    }

    /// The classes of subjects, in the order of the published tables.
    package var categories: [String] { keys.map(\.category) }

    /// Whether files begin with a line of titles, and lines with a number.
    var hasTitles: Bool { self == .cEval }

    private var keys: [(category: String, keys: [String])] {
        switch self {
        case .cEval: Self.cEvalSubjects
        case .mmlu: Self.mmluSubjects
        }
    }
}
