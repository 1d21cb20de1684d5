package import Basics
package import Measurement
import Sweep

/// One line of a table in the documents' columns.
package struct PublishedCell: Equatable, Sendable {
    package let shape: Shape
    /// How the machine was used, where the table varies it.
    package var setting: String?
    /// Milliseconds, and tokens a second; no entry where nothing was measured.
    package var values: [PublishedMetric: Double] = [:]
    /// How it came out, as `summary.csv` has it; `ok` in a table that only has numbers.
    package var status = "ok"
    /// Why values are missing or doubtful; nil if there is nothing to say.
    package var reason: String?
    /// The same for a reader who sees many cells: how it came out, if not well.
    package var remark: Wording?
    /// Whether something says that the values cannot be right.
    package var isInvalid = false

    package init(shape: Shape, values: [PublishedMetric: Double] = [:]) {
        self.shape = shape
        self.values = values
    }

    /// What the documents' table has in this row.
    package init(_ row: Row) {
        self.init(shape: row.point.shape)
        setting = row.point.setting.id
        values[.firstToken] = row.representative?.forwardFirst
        values[.nextToken] = row.representative?.forwardNext
        values[.throughput] = row.representative?.outputRate
        status = row.status.rawValue
        reason = row.doubts.isEmpty ? nil : row.doubts.joined(separator: "; ")
        isInvalid = row.verdict == .invalid
        remark = Self.remark(row, in: .en).flatMap { en in
            Self.remark(row, in: .zh).map { Wording(en: en, zh: $0) }
        }
    }

    /// Reasons why a row is unstable are many words, and stand below the table of its own report.
    private static func remark(_ row: Row, in language: Language) -> String? {
        let word = Verdict.unstable.word(in: language)
        let doubts = row.doubts(in: language)
        let unstable = doubts.filter { $0.hasPrefix(word + language.colon) }
        let others = doubts.filter { !unstable.contains($0) }
        var words = unstable.isEmpty ? [] : [word]
        if !others.isEmpty { words.append(others.joined(separator: language.semicolon)) }
        if row.status != .ok { words.insert(row.status.word(in: language), at: 0) }
        return words.isEmpty ? nil : words.joined(separator: language.colon)
    }
}
