package import Charts

/// A part of a page with a heading of its own.
package struct PageSection: Equatable, Sendable {
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
    package init(anchor: String, title: String, explanation: String, figures: [Figure]) {
        let figures = figures.map(\.markup)
        self.init(
            anchor: anchor, title: title,
            body:
                "<p class=\"lead\">\(explanation)</p>\n<div class=\"figures\">\n\(figures)</div>\n")
    }

    var markup: Markup {
        """
        <section id="\(anchor)">
        <h2>\(title)</h2>
        \(body)</section>

        """
    }
}
