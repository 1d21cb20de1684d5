import Sweep
import Testing

@Suite struct LengthDistributionTests {
    private func lengths(_ text: String) throws(WorkloadError) -> LengthDistribution {
        try LengthDistribution(parsing: text, of: .input)
    }

    @Test(arguments: [
        ("128", "128"), (" 128\t", "128"), ("1", "1"), ("4194304", "4194304"),
        ("128:2048", "128:2048~uniform"), ("128:2048~uniform", "128:2048~uniform"),
        ("128:2048~lognormal", "128:2048~lognormal"), ("7:7~lognormal", "7"), ("7:7", "7"),
    ])
    func textIsReadAndWrittenInOneForm(text: String, canonical: String) throws {
        let read = try lengths(text)
        #expect(read.description == canonical)
        #expect(try lengths(canonical) == read)
    }

    @Test(arguments: [
        ("", WorkloadError.empty(.input)),
        (" \t", .empty(.input)),
        ("x", .malformed(.input, item: "x", text: "x", position: 1)),
        ("+4", .malformed(.input, item: "+4", text: "+4", position: 1)),
        ("1.5", .malformed(.input, item: "1.5", text: "1.5", position: 1)),
        ("٣", .malformed(.input, item: "٣", text: "٣", position: 1)),
        ("128:", .malformed(.input, item: "", text: "128:", position: 5)),
        (":128", .malformed(.input, item: "", text: ":128", position: 1)),
        (" 128:x", .malformed(.input, item: "x", text: " 128:x", position: 6)),
        ("1:2:3", .malformed(.input, item: "2:3", text: "1:2:3", position: 3)),
        ("128~uniform", .malformed(.input, item: "128~uniform", text: "128~uniform", position: 1)),
        ("1:2~normal", .malformed(.input, item: "normal", text: "1:2~normal", position: 5)),
        ("7:7~normal", .malformed(.input, item: "normal", text: "7:7~normal", position: 5)),
        ("1:2~", .malformed(.input, item: "", text: "1:2~", position: 5)),
        ("@", .malformed(.input, item: "@", text: "@", position: 1)),
        ("2:1", .descending(.input, item: "2:1", position: 1)),
        (
            "0:5",
            .outOfRange(.input, item: "0", position: 1, allowed: "a number from 1 to 4194304")
        ),
        (
            "5:4194305",
            .outOfRange(
                .input, item: "4194305", position: 3, allowed: "a number from 1 to 4194304")
        ),
        (
            "99999999999999999999",
            .outOfRange(
                .input, item: "99999999999999999999", position: 1,
                allowed: "a number from 1 to 4194304")
        ),
    ])
    func badTextIsRefused(text: String, error: WorkloadError) {
        #expect(throws: error) { try lengths(text) }
    }

    @Test func errorNamesPartTextPositionAndRemedy() {
        #expect(
            WorkloadError.malformed(.output, item: "x", text: "128:x", position: 5).description
                == "output: \"x\" at position 5 of \"128:x\" is not valid; give tokens such as "
                + "128, 128:2048, 128:2048~lognormal or @histogram.csv")
    }

    @Test func uniformLengthsHaveEqualShares() throws {
        let four = try lengths("3:6")
        let shares = [0, 0.249, 0.25, 0.499, 0.5, 0.749, 0.75, 1 - 0x1p-53]
        #expect(shares.map(four.length) == [3, 3, 4, 4, 5, 5, 6, 6])
        #expect((four.smallest, four.largest) == (3, 6))
        #expect(four.mean == 4.5)
        let all = try lengths("1:4194304")
        #expect(all.length(at: 1 - 0x1p-53) == 4_194_304)
        #expect(all.length(at: 0) == 1)
    }

    @Test func fixedLengthIsEverywhere() throws {
        let fixed = try lengths("5")
        #expect([0, 0.5, 1 - 0x1p-53].map(fixed.length) == [5, 5, 5])
        #expect((fixed.smallest, fixed.largest) == (5, 5))
        #expect(fixed.mean == 5)
        #expect(fixed == LengthDistribution(fixed: 5))
    }

    /// The ends are the 1st and the 99th percentile, and the median is between them: √(128·2048).
    @Test func logNormalLengthsHaveTheirQuantiles() throws {
        let lengths = try lengths("128:2048~lognormal")
        #expect(lengths.length(at: 0.5) == 512)
        #expect([0, 0.005, 0.01].map(lengths.length) == [128, 128, 128])
        #expect([0.99, 0.995, 1 - 0x1p-53].map(lengths.length) == [2048, 2048, 2048])
        // 512·16^(±1/2·0.6744897502/2.3263478740)
        #expect([0.25, 0.75].map(lengths.length) == [343, 765])
        #expect((lengths.smallest, lengths.largest) == (128, 2048))
        let all = (0..<1000).map { lengths.length(at: Double($0) / 1000) }
        #expect(all == all.sorted())
        // exp(σ²/2)·512 = 611.5 with σ = ln 16/(2·2.3263) = 0.5959, less what the ends cut off.
        #expect(lengths.mean > 595 && lengths.mean < 611.5)
    }

    @Test func logNormalLengthsOfTheWholeRangeAreInIt() throws {
        let lengths = try lengths("1:4194304~lognormal")
        #expect(lengths.length(at: 0.5) == 2048)
        for share in stride(from: 0.0, to: 1, by: 0.001) {
            #expect(1...4_194_304 ~= lengths.length(at: share))
        }
    }
}
