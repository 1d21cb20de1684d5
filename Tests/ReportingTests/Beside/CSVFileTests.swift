import Reporting
import TestSupport
import Testing

struct CSVFileTests {
    private let directory = TemporaryDirectory()

    @Test func fieldsAreThoseOfRFC4180() throws {
        let file = try CSVFile(
            path: directory.write(
                "a,\"b,c\",\"d \"\"e\"\"\"\r\n1,\"two\nlines\",\n\n\"\",x,y", to: "t.csv"))
        #expect(file.header == ["a", "b,c", "d \"e\""])
        #expect(file.lines.map(\.fields) == [["1", "two\nlines", ""], ["", "x", "y"]])
        #expect(file.lines.map(\.number) == [2, 5])
    }

    @Test func marksAndLineEndsOfSpreadsheetsAreTaken() throws {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("a,b\r1,2\r\n".utf8)
        let file = try CSVFile(path: directory.write(bytes, to: "t.csv"))
        #expect(file.header == ["a", "b"])
        #expect(file.lines.map(\.fields) == [["1", "2"]])
    }

    /// What stands between fields the header shows, where nothing is quoted.
    @Test(arguments: [
        ("\n\"a,b\";c\n1,5;x", ["a,b", "c"], ["1,5", "x"]),
        ("a\tb;c\n1\t2", ["a\tb", "c"], nil),
        ("a\tb\n1,5\t\"x\ty\"", ["a", "b"], ["1,5", "x\ty"]),
        ("a;b,c\n1;2,3", ["a;b", "c"], ["1;2", "3"]),
        ("\"a\nb;\"\n\"1;2\"", ["a\nb;"], ["1;2"]),
    ])
    func separatorsOfSpreadsheetsAreTaken(
        _ text: String, _ header: [String], _ fields: [String]?
    ) throws {
        let path = directory.write(text, to: "t.csv")
        guard let fields else {
            #expect(throws: ReportingError.self) { try CSVFile(path: path) }
            return
        }
        let file = try CSVFile(path: path)
        #expect(file.header == header)
        #expect(file.lines.map(\.fields) == [fields])
    }

    @Test func whatOurOwnWriterWritesComesBack() throws {
        let rows = try ScriptedSweep().rows()
        let path = directory.write(CSV.text(Column.summary, rows), to: "t.csv")
        let file = try CSVFile(path: path)
        #expect(file.header == Column.summary.map(\.header))
        #expect(file.lines.last?.fields[5] == "out of pages, \"all\" of them")
    }

    @Test(arguments: [
        ("", 1, "the file is empty"), ("\n\r\n", 1, "the file is empty"),
        ("a,b\n1\n", 2, "1 fields under 2 titles"), ("a\n1,2\n", 2, "2 fields under 1 titles"),
        ("a\n\"1\n2\n", 2, "a quote that does not end"),
        ("a\n\"1\"2\n", 2, "text after the closing quote of a field"),
    ])
    func badFileIsRefusedWithItsLine(text: String, line: Int, what: String) {
        let path = directory.write(text, to: "t.csv")
        #expect(throws: ReportingError.malformed(path: path, line: line, what: what)) {
            try CSVFile(path: path)
        }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        let path = directory.write([0x61, 0x0A, 0xC3, 0x28, 0x0A], to: "t.csv")
        #expect(
            throws: ReportingError.malformed(
                path: path, line: 2,
                what: "byte 2 of the file is not UTF-8; save the file as UTF-8")
        ) { try CSVFile(path: path) }
    }
}
