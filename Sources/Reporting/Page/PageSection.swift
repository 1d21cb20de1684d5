package import Charts

/// A part of a page with a heading of its own.
package struct PageSection: Equatable, Sendable {
    /// Where the numbers of drawings stand as text, for those who cannot see them.
    package enum Numbers: Equatable, Sendable {
        /// In another section of the page, by its anchor and title.
        case section(anchor: String, title: String)
        /// In tables of their own, below the drawings.
        case tables(Markup)
    }

    /// Where links lead to: letters, digits and hyphens, once in a page.
    package var anchor: String
    package var title: String
    package var body: Markup

    package init(anchor: String, title: String, body: Markup) {
        self.anchor = anchor
        self.title = title
        self.body = body
    }

    /// Drawings side by side, below a sentence that says how to read them.
    package init(
        anchor: String, title: String, explanation: String, figures: [Figure], numbers: Numbers
    ) {
        self.init(
            anchor: anchor, title: title,
            body: numbers.lead(explanation)
                + numbers.grid(figures, of: anchor) + numbers.below(anchor))
    }

    var markup: Markup {
        """
        <section id="\(anchor)">
        <h2>\(title)</h2>
        \(body)</section>

        """
    }
}

extension PageSection.Numbers {
    /// Every cell of a sweep.
    static let cells = Self.section(anchor: "cells", title: PageSection.cellsTitle)

    /// How to read the drawings of a section, and where their numbers are.
    func lead(_ explanation: String) -> Markup {
        switch self {
        case .tables: "<p class=\"lead\">\(explanation)</p>\n"
        case .section(let anchor, let title):
            """
            <p class="lead">\(explanation) The numbers: <a href="#\(anchor)">\(title)</a>.</p>

            """
        }
    }

    /// Drawings side by side.
    func grid(_ figures: [Figure], of section: String) -> Markup {
        let details =
            switch self {
            case .section(let anchor, _): anchor
            case .tables: Self.tablesID(of: section)
            }
        let figures = figures.map { figure in
            var figure = figure
            figure.details = details
            return figure.markup
        }
        return "<div class=\"figures\">\n\(figures)</div>\n"
    }

    /// Tables of their own, folded.
    func below(_ section: String) -> Markup {
        guard case .tables(let tables) = self else { return "" }
        return """
            <details id="\(Self.tablesID(of: section))"><summary>The numbers as a table</summary>
            \(tables)</details>

            """
    }

    private static func tablesID(of section: String) -> String { "\(section)-numbers" }
}
