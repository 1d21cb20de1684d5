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

    init(_ status: Manifest.Status, _ rows: [Row]) {
        let ok = rows.filter { $0.status == .ok && $0.summary != nil }
        let stable = ok.count { $0.verdict == .stable }
        let invalid = ok.count { $0.verdict == .invalid }
        let lost = rows.count - ok.count
        if ok.isEmpty {
            (grade, headline) = (.bad, "Nothing was measured.")
        } else if invalid > 0 {
            (grade, headline) = (.bad, "Some numbers cannot be right.")
        } else if lost > 0 || status != .completed {
            (grade, headline) = (.care, "The sweep is not whole.")
        } else if stable < ok.count {
            (grade, headline) = (.care, "Another sweep may say something else.")
        } else {
            (grade, headline) = (.good, "The numbers can be used.")
        }
        let counts = [
            (stable, "stable"), (ok.count - stable - invalid, "unstable"), (invalid, "invalid"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let failures = Status.allCases.filter { $0 != .ok }.compactMap { status in
            let count = rows.count { $0.status == status }
            return count > 0 ? "\(count) \(status.rawValue)" : nil
        }
        var sentences = [
            "Of \(rows.count) \(rows.count == 1 ? "cell" : "cells"): "
                + (counts + failures).joined(separator: ", ") + "."
        ]
        if rows.isEmpty { sentences = ["The report has no cells."] }
        if status != .completed {
            sentences.append(
                "The sweep is \(status.rawValue): this is what was measured until then.")
        }
        sentences += Self.reasons(of: ok)
        details = sentences.joined(separator: " ")
    }

    /// What spoke against the unstable cells.
    private static func reasons(of rows: [Row]) -> [String] {
        let few = rows.count(where: \.lacksInterval)
        let disturbed = rows.filter { !$0.disturbances.isEmpty }
        var reasons: [String] = []
        if few > 0 {
            reasons.append(
                "\(few == rows.count ? "All" : "\(few)") have fewer than "
                    + "\(rows[0].fewestForInterval) repetitions, too few to say how sure they are.")
        }
        if let first = disturbed.first?.disturbances.first {
            reasons.append("\(disturbed.count) were disturbed from outside, such as: \(first).")
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
