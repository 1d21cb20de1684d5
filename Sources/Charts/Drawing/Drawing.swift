/// A finished picture.
package struct Drawing: Equatable, Sendable {
    /// In units of about a pixel; a page may show it larger or smaller.
    package let width: Double
    package let height: Double
    /// What it shows, in a few words.
    package let title: String
    /// What it says, for those who cannot see it.
    package let summary: String
    private let body: Markup

    package init(
        width: Double, height: Double, title: String, summary: String = "", of canvas: Canvas
    ) {
        self.width = width
        self.height = height
        self.title = title
        self.summary = summary
        body = canvas.body
    }

    /// The element for a page that has ``style`` in it; the page shows the title itself.
    package var inline: Markup { inline(details: nil) }

    /// The same.
    ///
    /// - Parameter details: The id of the element of the page that has its numbers as text; nil for none.
    package func inline(details: String?) -> Markup {
        let label = summary.isEmpty ? title : "\(title). \(summary)"
        let details: Markup = details.map { " aria-details=\"\($0)\"" } ?? ""
        return """
            <svg class="chart" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            role="img" aria-label="\(label)"\(details)>
            \(body)</svg>

            """
    }

    /// A file of its own, with its title, its style and a background.
    package var document: String {
        let top = 30.0
        let frame: Markup = "x=\"-12\" y=\"\(-top)\" width=\"\(width + 24)\""
        let markup: Markup = """
            <svg xmlns="http://www.w3.org/2000/svg" class="chart" \
            viewBox="-12 \(-top) \(width + 24) \(height + top + 12)" \
            width="\(width + 24)" height="\(height + top + 12)" role="img" aria-label="\(title)">
            <style>
            \(Markup(verbatim: Self.style))</style>
            <rect \(frame) height="\(height + top + 12)" class="page"></rect>
            <text x="0" y="-10" class="title">\(title)</text>
            \(body)</svg>

            """
        return markup.text
    }

    /// The style sheet of all drawings: colours as custom properties, in light and in dark.
    package static let style = String(decoding: PackageResources.charts_css, as: UTF8.self)
}
