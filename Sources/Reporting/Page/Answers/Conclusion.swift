import Basics
import Charts
import Sweep

/// What can be said of a sweep as a whole.
struct Conclusion: Equatable {
    enum Grade: String {
        case good
        case care
        case bad
    }

    private(set) var grade: Grade
    private(set) var headline: String
    private(set) var details: String

    init(grade: Grade, headline: String, details: String) {
        self.grade = grade
        self.headline = headline
        self.details = details
    }

    init(_ status: Manifest.Status, _ rows: [Row], in language: Language) {
        let ok = rows.filter { $0.status == .ok && $0.summary != nil }
        let stable = ok.count { $0.verdict == .stable }
        let invalid = ok.count { $0.verdict == .invalid }
        let lost = rows.count - ok.count
        if ok.isEmpty {
            grade = .bad
            headline = language(en: "Nothing was measured.", zh: "没有测得任何结果。")
        } else if invalid > 0 {
            grade = .bad
            headline = language(en: "Some numbers cannot be right.", zh: "有些数字不可能正确。")
        } else if lost > 0 || status != .completed {
            grade = .care
            headline = language(en: "The sweep is not whole.", zh: "测试不完整。")
        } else if stable < ok.count {
            grade = .care
            headline = language(
                en: "Another sweep may say something else.", zh: "再测一次，结果可能不同。")
        } else {
            grade = .good
            headline = language(en: "The numbers can be used.", zh: "这些数字可以使用。")
        }
        let verdicts: [(Int, Verdict)] = [
            (stable, .stable), (ok.count - stable - invalid, .unstable), (invalid, .invalid),
        ]
        let counts =
            verdicts.map { ($0, $1.word(in: language)) }
            + Status.allCases.filter { $0 != .ok }.map { status in
                (rows.count { $0.status == status }, status.word(in: language))
            }
        let words = counts.filter { $0.0 > 0 }.map {
            language(en: "\($0.0) \($0.1)", zh: "\($0.0) 个\($0.1)")
        }.joined(separator: language.comma)
        var sentences = [
            language(
                en: "Of \(rows.count) \(rows.count == 1 ? "cell" : "cells"): \(words).",
                zh: "\(rows.count) 个单元：\(words)。")
        ]
        if rows.isEmpty {
            sentences = [language(en: "The report has no cells.", zh: "报告里没有单元。")]
        }
        if status != .completed {
            sentences.append(
                language(
                    en: "The sweep is \(status.rawValue): this is what was measured until then.",
                    zh: "测试\(status.word(in: .zh))：这是到那时为止测得的结果。"))
        }
        sentences += Self.reasons(of: ok, in: language)
        details = sentences.joined(separator: language(en: " ", zh: ""))
    }

    /// What spoke against the unstable cells.
    private static func reasons(of rows: [Row], in language: Language) -> [String] {
        let few = rows.count(where: \.lacksInterval)
        let disturbed = rows.filter { !$0.disturbances.isEmpty }
        var reasons: [String] = []
        if few > 0 {
            let (isAll, fewest) = (few == rows.count, rows[0].fewestForInterval)
            reasons.append(
                language(
                    en:
                        "\(isAll ? "All" : "\(few)") have fewer than \(fewest) repetitions, too few to "
                        + "say how sure they are.",
                    zh: "\(isAll ? "全部" : "\(few) 个")少于 \(fewest) 次重复，说明不了有多可信。"))
        }
        if let first = disturbed.first?.disturbances(in: language).first {
            reasons.append(
                language(
                    en: "\(disturbed.count) were disturbed from outside, such as: \(first).",
                    zh: "\(disturbed.count) 个受到外来干扰，例如：\(first)。"))
        }
        return reasons
    }

    var markup: Markup {
        let sign =
            switch grade {
            case .good: "✓"
            case .care: "!"
            case .bad: "✕"
            }
        return """
            <p class="verdict \(grade.rawValue)"><b aria-hidden="true">\(sign)</b> \
            <span><b>\(headline)</b> \(details)</span></p>

            """
    }
}
