import Reporting
import Testing

struct TSVFormatTests {
    @Test func fieldsHaveNeitherTabsNorLines() throws {
        let columns: [Column<String>] = [
            Column("name") { .text($0) }, Column("length") { .integer($0.count) },
        ]
        let names = ["a\tb", "c\r\nd", "\"e,f\"", "=g", "-1", "\th"]
        let document = ReportDocument(
            title: "x", tables: [ReportTable("names", columns, names)])
        #expect(
            try ReportFormat.tsv.render(document)
                == "name\tlength\na b\t3\nc  d\t3\n\"e,f\"\t5\n'=g\t2\n-1\t2\n' h\t2\n")
    }
}
