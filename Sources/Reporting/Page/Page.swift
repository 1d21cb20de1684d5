import Charts

/// One HTML file that needs nothing else: style, drawings and script are in it, and it asks no network.
///
/// The script sorts tables and shows tips; without it everything can be read.
package struct Page {
    /// What it is called in the directory of a report.
    package static let fileName = "report.html"

    /// What was measured, in a few words.
    package var title: String
    /// Where and when, one line each.
    package var subtitles: [String]
    package var sections: [PageSection]

    package init(title: String, subtitles: [String], sections: [PageSection]) {
        self.title = title
        self.subtitles = subtitles
        self.sections = sections
    }

    /// The text of the file.
    package var html: String {
        let subtitles = subtitles.map { "<p class=\"subtitle\">\($0)</p>\n" as Markup }
        let links = sections.map {
            "<li><a href=\"#\($0.anchor)\">\($0.title)</a></li>\n" as Markup
        }
        let markup: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <title>\(title)</title>
            <style>
            \(Markup(verbatim: Drawing.style))\(Self.resource(PackageResources.page_css))</style>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the answers</a>
            <header>
            <h1>\(title)</h1>
            \(subtitles)<nav aria-label="Sections"><ul>
            \(links)</ul></nav>
            </header>
            <main id="content" tabindex="-1">
            \(sections.map(\.markup))</main>
            <script>
            \(Self.resource(PackageResources.page_js))</script>
            </body>
            </html>

            """
        return markup.text
    }

    /// Nothing is fetched, whatever the names in a report say.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

    private static func resource(_ bytes: [UInt8]) -> Markup {
        Markup(verbatim: String(decoding: bytes, as: UTF8.self))
    }
}
