import Reporting
import TestSupport
import Testing

/// The one policy for CSV: encoding, formulas, quotes.
struct CSVTests {
    private let directory = TemporaryDirectory()

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+49 30", "'+49 30"), ("-a", "'-a"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
        ("=HYPERLINK(\"a\",\"b\")", "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\""),
        ("-", "'-"), ("--1", "'--1"), ("-inf", "'-inf"), ("-0x1p3", "'-0x1p3"), ("+1+2", "'+1+2"),
        // Numbers stay numbers.
        ("-5", "-5"), ("+1.5e-3", "+1.5e-3"), ("-.5", "-.5"),
        // What stands behind the beginning is harmless.
        ("a=1", "a=1"), (" =1", " =1"), ("'=1", "'=1"), ("", ""),
    ])
    func formulasAreTexts(text: String, field: String) {
        #expect(CSV.line([Column<String>("x") { .text($0) }], text) == field + "\n")
    }

    @Test func numbersAreNeverTexts() {
        let columns = [
            Column<Int>("i") { .integer($0) }, Column<Int>("d") { .decimal(Double($0) / 2) },
        ]
        #expect(CSV.text(columns, [-3]) == "i,d\n-3,-1.5\n")
    }

    @Test func aMarkStandsBeforeAHeaderThatIsNotASCII() throws {
        let column = Column<Int>(header: "耗时（ms）") { .integer($0) }
        #expect(CSV.header([column]) == "\u{FEFF}耗时（ms）\n")
        #expect(CSV.line([column], 1) == "1\n")
        let bytes = Array(CSV.text([column], [1]).utf8)
        #expect(bytes.prefix(3) == [0xEF, 0xBB, 0xBF])
        // Only of the file, not of the title.
        let path = directory.write(bytes, to: "t.csv")
        #expect(try CSVFile(path: path).header == ["耗时（ms）"])
        #expect(CSV.text([Column<String>("name") { .text($0) }], ["耗时"]) == "name\n耗时\n")
    }

    @Test func theGuidesCSVHasNone() {
        #expect(CSV.header(Column.documents).hasPrefix("batch_size,"))
        #expect(CSV.header(Column.summary).hasPrefix("id,"))
    }
}
