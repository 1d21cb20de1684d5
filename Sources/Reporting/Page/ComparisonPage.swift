package import Basics

/// The page of reports beside each other: of a first one, A, and those that are compared with it.
package struct ComparisonPage {
    /// How many reports can be told apart by their dashes.
    package static let mostReports = 4

    private let comparisons: [Comparison]
    private let language: Language

    /// - Parameter comparisons: At least one; all of the same A, each with a name of its own for B.
    package init(_ comparisons: [Comparison], in language: Language = .en) {
        self.comparisons = comparisons
        self.language = language
    }

    /// Compares reports with the first of them, which is A; the others are B, C and so on.
    ///
    /// - Throws: ``ReportingError/otherModel(differences:)``.
    package init(
        of sides: [ComparisonSide], in language: Language = .en
    ) throws(ReportingError) {
        let names = ["B", "C", "D"]
        var comparisons: [Comparison] = []
        for (side, name) in zip(sides.dropFirst(), names) {
            var settings = ComparisonSettings()
            settings.nameOfB = name
            comparisons.append(try Comparison(sides[0], side, settings: settings))
        }
        self.init(comparisons, in: language)
    }

    package var page: Page {
        let reports = sides.filter { !$0.side.rows.isEmpty }.map {
            ChartedReport(name: $0.name, rows: $0.side.rows)
        }
        let sections: [PageSection?] = [
            .comparisonSummary(comparisons, in: language),
            .axes(
                reports,
                numbers: .section(
                    anchor: "compared", title: PageSection.comparedTitle(in: language)),
                in: language),
            .compared(comparisons, in: language), .notCompared(comparisons, in: language),
            .differences(comparisons, in: language), .sideNotes(sides, in: language),
        ]
        return Page(
            title: title, subtitles: subtitles, sections: sections.compactMap(\.self),
            in: language)
    }

    private var sides: [(name: String, side: ComparisonSide)] {
        comparisons.prefix(1).map { (name: "A", side: $0.a) }
            + comparisons.map { (name: $0.settings.nameOfB, side: $0.b) }
    }

    /// What all of them measured, where that is the same.
    private var title: String {
        let names = sides.map { $0.side.identity.first?[language] }
        let title = language(en: "Comparison", zh: "比较")
        guard let name = names.first ?? nil, names.allSatisfy({ $0 == name }) else { return title }
        return "\(name) · \(title)"
    }

    private var subtitles: [String] {
        sides.map { name, side in
            "\(name): "
                + ([side.path] + side.identity.map { $0[language] }).joined(separator: " · ")
        }
    }
}
