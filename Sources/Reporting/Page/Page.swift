package import Basics
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
    /// Of the words around the sections, which have their own already.
    package var language: Language

    package init(
        title: String, subtitles: [String], sections: [PageSection], in language: Language = .en
    ) {
        self.title = title
        self.subtitles = subtitles
        self.sections = sections
        self.language = language
    }

    /// The text of the file.
    package var html: String {
        let subtitles = subtitles.map { "<p class=\"subtitle\">\($0)</p>\n" as Markup }
        let links = sections.map {
            "<li><a href=\"#\($0.anchor)\">\($0.title)</a></li>\n" as Markup
        }
        let skip = language(en: "Skip to the answers", zh: "跳到答案")
        let markup: Markup = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <title>\(title)</title>
            <style>
            \(Markup(verbatim: Drawing.style))\(Self.resource(PackageResources.page_css))\(fonts)</style>
            </head>
            <body>
            <a class="skip" href="#content">\(skip)</a>
            <header>
            <h1>\(title)</h1>
            \(subtitles)<nav aria-label="\(language(en: "Sections", zh: "各节"))"><ul>
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

    /// Of Chinese: those that systems bring along, before those that have Latin letters alone.
    private var fonts: Markup {
        switch language {
        case .en: ""
        case .zh:
            """
            body, .chart { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", \
            "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif; }

            """
        }
    }

    private static func resource(_ bytes: [UInt8]) -> Markup {
        Markup(verbatim: String(decoding: bytes, as: UTF8.self))
    }
}
