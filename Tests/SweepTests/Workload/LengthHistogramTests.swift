import Sweep
import TestSupport
import Testing

@Suite struct LengthHistogramTests {
    private func lengths(_ text: String) throws(WorkloadError) -> LengthDistribution {
        LengthDistribution(try LengthHistogram(text, path: "h.csv"))
    }

    /// 10 once, 20 twice, 1000 once; in any order.
    @Test(arguments: [
        "10,1\n20,2\n1000,1\n", "length,count\r\n1000,1\r\n20, 2\r\n\r\n10,1",
        "20,2\n30,0\n10,1\n1000,1",
    ])
    func lengthsHaveTheSharesOfTheirCounts(text: String) throws {
        let lengths = try lengths(text)
        let shares = [0, 0.249, 0.25, 0.5, 0.749, 0.75, 1 - 0x1p-53]
        #expect(shares.map(lengths.length) == [10, 10, 20, 20, 20, 1000, 1000])
        #expect((lengths.smallest, lengths.largest) == (10, 1000))
        #expect(lengths.mean == 262.5)
        #expect(lengths.description == "@h.csv")
    }

    @Test func countsMayBeLarge() throws {
        let lengths = try lengths("1,9007199254740991\n2,1\n")
        #expect(lengths.length(at: 1 - 0x1p-52) == 1)
        #expect(lengths.length(at: 1 - 0x1p-53) == 2)
    }

    @Test(arguments: [
        ("length;count\n", 1, "\"length;count\" is no length and count"),
        ("1,2\n\n3\n", 3, "\"3\" is no length and count"),
        ("1,2,3", 1, "\"1,2,3\" is no length and count"),
        ("1,-2", 1, "\"1,-2\" is no length and count"),
        ("1,2\nlength,count\n", 2, "\"length,count\" is no length and count"),
        ("1,1e3", 1, "\"1,1e3\" is no length and count"),
        ("0,5", 1, "the length 0 is out of range"),
        ("4194305,5", 1, "the length 4194305 is out of range"),
        ("99999999999999999999,5", 1, "the length 99999999999999999999 is out of range"),
        ("5,1\n5,1", 2, "the length 5 stands twice"),
        ("5,1\n6,9007199254740992", 2, "the counts up to here are more than 9007199254740992"),
        ("5,99999999999999999999", 1, "the counts up to here are more than 9007199254740992"),
        ("\u{1B}[2J,1", 1, "\" [2J,1\" is no length and count"),
    ])
    func badLineIsNamed(text: String, line: Int, problem: String) {
        let error = #expect(throws: WorkloadError.self) { try lengths(text) }
        #expect(error?.description.hasPrefix("h.csv, line \(line): \(problem); ") == true)
    }

    @Test(arguments: ["", "\n \n", "length,count\n", "5,0\n"])
    func fileThatCountsNothingIsRefused(text: String) {
        #expect(
            throws: WorkloadError.file(
                path: "h.csv", line: nil, problem: "it counts no length",
                remedy: "write a length and a count on each line, such as 128,40")
        ) { try lengths(text) }
    }

    @Test func fileIsReadByTheCommandLinesText() throws {
        let directory = TemporaryDirectory()
        let text: [UInt8] = Array("8,1\n9,1".utf8)
        let wide: [UInt8] = [0xFF, 0xFE] + text.flatMap { (byte: UInt8) -> [UInt8] in [byte, 0] }
        let path = directory.write(wide, to: "h")
        let lengths = try LengthDistribution(parsing: "@\(path)", of: .output)
        #expect((lengths.smallest, lengths.largest) == (8, 9))
        #expect(lengths.description == "@\(path)")
        #expect(try LengthDistribution(parsing: lengths.description, of: .output) == lengths)
    }

    @Test func fileThatIsNoTextIsRefused() {
        let directory = TemporaryDirectory()
        directory.write([0x38, 0x2C, 0x31, 0x0A, 0xE9], to: "latin")
        for (name, problem) in [
            ("none", "cannot open it: No such file or directory"), (".", "cannot read it: "),
            ("latin", "byte 4 of the file is not UTF-8"),
        ] {
            let path = directory.path(name)
            let error = #expect(throws: WorkloadError.self) {
                try LengthDistribution(parsing: "@\(path)", of: .input)
            }
            #expect(error?.description.contains(problem) == true)
            #expect(error?.description.hasPrefix(path) == true)
        }
    }
}
