import Charts

/// The page of reports beside each other: of a first one, A, and those that are compared with it.
package struct ComparisonPage {
    /// How many reports can be told apart by their dashes.
    package static let mostReports = 4

    private let comparisons: [Comparison]

    /// - Parameter comparisons: At least one; all of the same A, each with a name of its own for B.
    package init(_ comparisons: [Comparison]) {
        self.comparisons = comparisons
    }

    /// Compares reports with the first of them, which is A; the others are B, C and so on.
    ///
    /// - Throws: ``ReportingError/otherModel(differences:)``.
    package init(of sides: [ComparisonSide]) throws(ReportingError) {
        let names = ["B", "C", "D"]
        var comparisons: [Comparison] = []
        for (side, name) in zip(sides.dropFirst(), names) {
            var settings = ComparisonSettings()
            settings.nameOfB = name
            comparisons.append(try Comparison(sides[0], side, settings: settings))
        }
        self.init(comparisons)
    }

    package var page: Page {
        let reports = sides.filter { !$0.side.rows.isEmpty }.map {
            ChartedReport(name: $0.name, rows: $0.side.rows)
        }
        let sections: [PageSection?] = [
            .comparisonSummary(comparisons),
            .axes(
                reports, numbers: .section(anchor: "compared", title: PageSection.comparedTitle)),
            .compared(comparisons), .notCompared(comparisons), .differences(comparisons),
            .sideNotes(sides),
        ]
        return Page(title: title, subtitles: subtitles, sections: sections.compactMap(\.self))
    }

    private var sides: [(name: String, side: ComparisonSide)] {
        comparisons.prefix(1).map { (name: "A", side: $0.a) }
            + comparisons.map { (name: $0.settings.nameOfB, side: $0.b) }
    }

    /// What all of them measured, where that is the same.
    private var title: String {
        let names = sides.map { $0.side.identity.first }
        guard let name = names.first ?? nil, names.allSatisfy({ $0 == name }) else {
            return Words.title
        }
        return "\(name) · \(Words.title)"
    }

    private var subtitles: [String] {
        sides.map { name, side in
            "\(name): " + ([side.path] + side.identity).joined(separator: " · ")
        }
    }
}

private enum Words {
    static let title = "Comparison"
}
