import Testing

@testable import Reporting

/// One small document in every format, word for word.
struct ReportFormatTests {
    private struct Line: Sendable {
        let name: String
        let count: Int?
        let share: Double
    }

    private static var document: ReportDocument {
        let lines = [
            Line(name: "a|b", count: 2, share: 0.5),
            Line(name: "<i>, \"c\"", count: nil, share: -1),
        ]
        let columns: [Column<Line>] = [
            Column("name") { .text($0.name) }, Column("count") { Value($0.count) },
            Column("share") { .decimal($0.share) },
        ]
        return ReportDocument(
            title: "Two lines", notes: ["first", "second"],
            tables: [
                ReportTable("main_part", columns, lines),
                ReportTable("rest", [Column<Int>("number") { .integer($0) }], [7]),
            ])
    }

    private static let markdown = """
        # Two lines

        - first
        - second

        ## main part

        | name     | count | share |
        |----------|-------|-------|
        | a\\|b     | 2     | 0.5   |
        | <i>, "c" |       | -1.0  |

        ## rest

        | number |
        |--------|
        | 7      |

        """

    @Test func textAndMarkdownHaveAllTables() throws {
        #expect(try ReportFormat.markdown.render(Self.document) == Self.markdown)
        #expect(try ReportFormat.text.render(Self.document) == Self.markdown)
        var one = Self.document
        one.notes = []
        one.tables.removeFirst()
        #expect(
            try ReportFormat.markdown.render(one)
                == "# Two lines\n\n| number |\n|--------|\n| 7      |\n")
    }

    @Test func csvAndJSONLinesHaveOneTable() throws {
        #expect(
            try ReportFormat.csv.render(Self.document)
                == "name,count,share\na|b,2,0.5\n\"<i>, \"\"c\"\"\",,-1.0\n")
        #expect(try ReportFormat.csv.render(Self.document, table: "rest") == "number\n7\n")
        #expect(
            try ReportFormat.jsonl.render(Self.document) == """
                {"count":2,"name":"a|b","share":0.5}
                {"count":null,"name":"<i>, \\"c\\"","share":-1}

                """)
        #expect(try ReportFormat.jsonl.render(Self.document, table: "rest") == "{\"number\":7}\n")
        #expect(throws: ReportingError.noTable(name: "others", tables: ["main_part", "rest"])) {
            try ReportFormat.csv.render(Self.document, table: "others")
        }
    }

    @Test func jsonIsTheFirstTableUnlessTheDocumentHasAForm() throws {
        #expect(
            try ReportFormat.json.render(Self.document) == """
                [
                  {
                    "count" : 2,
                    "name" : "a|b",
                    "share" : 0.5
                  },
                  {
                    "count" : null,
                    "name" : "<i>, \\"c\\"",
                    "share" : -1
                  }
                ]

                """)
    }

    @Test func htmlIsAPageOfAllTables() throws {
        let html = try ReportFormat.html.render(Self.document)
        #expect(html.hasPrefix("<!DOCTYPE html>"))
        #expect(HTMLOutline(html).fault == nil)
        #expect(html.contains("<p class=\"subtitle\">second</p>"))
        #expect(html.contains("<section id=\"main-part\">\n<h2>main part</h2>"))
        #expect(html.contains("&lt;i&gt;, &quot;c&quot;"))
        #expect(!html.contains("<i>"))
        #expect(html.contains("data-order=\"7.0\">7</td>"))
    }

    @Test func aFormOfItsOwnIsTaken() throws {
        var document = Self.document
        document.markdown = { "M" }
        #expect(try ReportFormat.text.render(document) == "M")
        document.text = { "T" }
        document.json = { "J" }
        document.page = { Page(title: "P", subtitles: [], sections: []) }
        let texts = try ReportFormat.all.map { try $0.render(document) }
        #expect(texts[0] == "T" && texts[1] == "M" && texts[3] == "J")
        #expect(texts[2].hasPrefix("name,count") && texts[4].hasPrefix("{\"count\""))
        #expect(texts[5].contains("<h1>P</h1>"))
    }

    @Test func whatCannotBeWrittenIsAnError() throws {
        let table = ReportTable("x", [Column<Double>("x") { .decimal($0) }], [.infinity])
        let document = ReportDocument(title: "x", tables: [table])
        #expect(throws: ReportingError.self) { try ReportFormat.json.render(document) }
        #expect(throws: ReportingError.self) { try ReportFormat.jsonl.render(document) }
        #expect(throws: ReportingError.self) {
            try ReportFormat.text.render(ReportDocument(title: "none", tables: []))
        }
    }

    /// A format is a value: what is not known here prints every document all the same.
    @Test func anotherFormatNeedsNothingButItself() throws {
        let names = ReportFormat("names") { document, table in
            "\(document.title): \(table.header.joined(separator: " "))"
        }
        #expect(try names.render(Self.document) == "Two lines: name count share")
        #expect(Set(ReportFormat.all.map(\.name)).count == ReportFormat.all.count)
    }
}
