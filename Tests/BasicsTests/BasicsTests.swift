import Basics
import Testing

/// Files, fingerprints and prompts were made with these numbers: none may change.
@Suite struct BasicsTests {
    /// As published with the reference implementation.
    @Test func splitMixIsTheReference() {
        var generator = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in generator.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    /// As Fowler, Noll and Vo publish them.
    @Test(arguments: [
        ("", 0xcbf2_9ce4_8422_2325 as UInt64), ("a", 0xaf63_dc4c_8601_ec8c),
        ("foobar", 0x8594_4171_f739_67e8),
    ])
    func fnvIsTheReference(_ text: String, _ value: UInt64) {
        #expect(FNV1a(text.utf8).value == value)
        var parts = FNV1a()
        parts.combine(text.utf8.prefix(2))
        parts.combine(text.utf8.dropFirst(2))
        #expect(parts.value == value)
    }

    @Test func numbersAreEightBytesTheLowestFirst() {
        var mark = FNV1a()
        mark.combine(0x0102_0304_0506_0708)
        #expect(mark.value == FNV1a([8, 7, 6, 5, 4, 3, 2, 1]).value)
    }
}
