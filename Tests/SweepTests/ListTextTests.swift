import Sweep
import Testing

struct ListTextTests {
    @Test(arguments: [
        ("1", [1]),
        ("1,2,4", [1, 2, 4]),
        (" 1 ,\t2", [1, 2]),
        ("8,1", [8, 1]),
        ("3-6", [3, 4, 5, 6]),
        ("8-32+8", [8, 16, 24, 32]),
        ("8-30+8", [8, 16, 24]),
        ("1-64*2", [1, 2, 4, 8, 16, 32, 64]),
        ("1-60*4", [1, 4, 16]),
        ("5-5", [5]),
        ("1,4-8*2,100", [1, 4, 8, 100]),
        ("4194304", [4_194_304]),
    ])
    func listIsRead(text: String, values: [Int]) throws {
        #expect(try ListText.numbers(text, axis: .batch) == values)
    }

    @Test(arguments: [
        ("", SweepError.empty(axis: .batch, text: "", position: 1)),
        ("1,,2", .empty(axis: .batch, text: "1,,2", position: 3)),
        ("1,2,", .empty(axis: .batch, text: "1,2,", position: 5)),
        ("1, x", .malformed(axis: .batch, item: "x", text: "1, x", position: 4)),
        ("-4", .malformed(axis: .batch, item: "-4", text: "-4", position: 1)),
        ("+4", .malformed(axis: .batch, item: "+4", text: "+4", position: 1)),
        ("4-", .malformed(axis: .batch, item: "4-", text: "4-", position: 1)),
        ("1-2-3", .malformed(axis: .batch, item: "1-2-3", text: "1-2-3", position: 1)),
        ("1-8+", .malformed(axis: .batch, item: "1-8+", text: "1-8+", position: 1)),
        ("1-8*2*2", .malformed(axis: .batch, item: "1-8*2*2", text: "1-8*2*2", position: 1)),
        ("1.5", .malformed(axis: .batch, item: "1.5", text: "1.5", position: 1)),
        ("٣", .malformed(axis: .batch, item: "٣", text: "٣", position: 1)),
        ("0", .notPositive(axis: .batch, item: "0", position: 1)),
        ("2,0-4", .notPositive(axis: .batch, item: "0-4", position: 3)),
        ("8-1", .descending(axis: .batch, item: "8-1", position: 1)),
        ("1-8+0", .endless(axis: .batch, item: "1-8+0", position: 1)),
        ("1-8*1", .endless(axis: .batch, item: "1-8*1", position: 1)),
        ("4194305", .tooLarge(axis: .batch, item: "4194305", position: 1)),
        (
            "99999999999999999999",
            .tooLarge(axis: .batch, item: "99999999999999999999", position: 1)
        ),
        ("1-4000000", .tooMany(axis: .batch, text: "the range \"1-4000000\"")),
    ])
    func badListIsRefused(text: String, error: SweepError) {
        #expect(throws: error) { try ListText.numbers(text, axis: .batch) }
    }

    @Test func pairsAreRead() throws {
        #expect(
            try ListText.pairs("256x256, 512X128")
                == [LengthPair(256, 256), LengthPair(512, 128)])
    }

    @Test(arguments: [
        ("", SweepError.empty(axis: .pairs, text: "", position: 1)),
        ("512x", .malformed(axis: .pairs, item: "512x", text: "512x", position: 1)),
        ("x512", .malformed(axis: .pairs, item: "x512", text: "x512", position: 1)),
        ("512", .malformed(axis: .pairs, item: "512", text: "512", position: 1)),
        ("1x1,2x2x2", .malformed(axis: .pairs, item: "2x2x2", text: "1x1,2x2x2", position: 5)),
        ("1-4x8", .malformed(axis: .pairs, item: "1-4x8", text: "1-4x8", position: 1)),
        ("16x0", .notPositive(axis: .pairs, item: "16x0", position: 1)),
        ("16x9999999", .tooLarge(axis: .pairs, item: "16x9999999", position: 1)),
    ])
    func badPairsAreRefused(text: String, error: SweepError) {
        #expect(throws: error) { try ListText.pairs(text) }
    }

    @Test func singleNumberIsRead() throws {
        #expect(try ListText.number("0", axis: .warmup) == 0)
        #expect(throws: SweepError.notPositive(axis: .repetitions, item: "0", position: 1)) {
            try ListText.number("0", axis: .repetitions)
        }
        #expect(
            throws: SweepError.malformed(axis: .repetitions, item: "2", text: "1,2", position: 3)
        ) { try ListText.number("1,2", axis: .repetitions) }
    }

    @Test func errorNamesAxisTextPositionAndRemedy() {
        #expect(
            SweepError.malformed(axis: .pairs, item: "512x", text: "1x1,512x", position: 5)
                .description
                == "pairs: \"512x\" at position 5 of \"1x1,512x\" is not valid; "
                + "give input x output pairs such as 256x256,512x128")
        #expect(
            SweepError.descending(axis: .batch, item: "8-1", position: 1).description
                == "batch: range \"8-1\" at position 1 goes down; write the smaller end first")
    }
}
