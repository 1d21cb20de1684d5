package import Basics
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
        anchor: String, title: String, explanation: String, figures: [Figure], numbers: Numbers,
        in language: Language
    ) {
        self.init(
            anchor: anchor, title: title,
            body: numbers.lead(explanation, in: language)
                + numbers.grid(figures, of: anchor) + numbers.below(anchor, in: language))
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
    static func cells(in language: Language) -> Self {
        .section(anchor: "cells", title: PageSection.cellsTitle(in: language))
    }

    /// How to read the drawings of a section, and where their numbers are.
    func lead(_ explanation: String, in language: Language) -> Markup {
        switch self {
        case .tables: return "<p class=\"lead\">\(explanation)</p>\n"
        case .section(let anchor, let title):
            let before = language(en: " The numbers: ", zh: "数字见：")
            let after = language(en: ".", zh: "。")
            return """
                <p class="lead">\(explanation)\(before)<a href="#\(anchor)">\(title)</a>\(after)</p>

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
    func below(_ section: String, in language: Language) -> Markup {
        guard case .tables(let tables) = self else { return "" }
        let summary = language(en: "The numbers as a table", zh: "数字的表格")
        return """
            <details id="\(Self.tablesID(of: section))"><summary>\(summary)</summary>
            \(tables)</details>

            """
    }

    private static func tablesID(of section: String) -> String { "\(section)-numbers" }
}
