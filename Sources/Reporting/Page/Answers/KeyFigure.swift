import Charts

/// What a reader asks of a report first, and its answer; or why there is none.
struct KeyFigure: Equatable {
    /// The question, in a few words.
    let name: String
    /// Stands large; nil where nothing can be said.
    var value: String?
    var unit = ""
    /// Whether the numbers behind it may be used; nil where it is no number of a cell.
    var verdict: Verdict?
    /// How sure it is; empty where that says nothing.
    var sureness = ""
    /// Where it was, what belongs to it, or why there is none.
    var lines: [String]

    var markup: Markup {
        let figure: Markup =
            value.map { "<dd class=\"figure\">\($0) <small>\(unit)</small></dd>\n" }
            ?? "<dd class=\"figure none\">–</dd>\n"
        let word: Markup =
            verdict.map { "<b class=\"\($0.grade.rawValue)\">\($0.rawValue)</b>" } ?? ""
        let comma: Markup = verdict != nil && !sureness.isEmpty ? ", " : ""
        let isSilent = verdict == nil && sureness.isEmpty
        let sure: Markup = isSilent ? "" : "<dd>\(word)\(comma)\(sureness)</dd>\n"
        return """
            <div><dt>\(name)</dt>
            \(figure)\(lines.map { "<dd>\($0)</dd>\n" as Markup })\(sure)</div>

            """
    }
}

extension Verdict {
    /// The colour of its word.
    var grade: Conclusion.Grade {
        switch self {
        case .stable: .good
        case .unstable: .care
        case .invalid: .bad
        }
    }
}
