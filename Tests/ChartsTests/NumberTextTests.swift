import Charts
import Testing

struct NumberTextTests {
    @Test(arguments: [
        (0.0123, "0.0123"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (1234.0, "1234"),
        (12_345.0, "12\u{202F}345"), (9.996, "10.0"), (99.96, "100"), (0.0, "0"),
        (-12.34, "\u{2212}12.3"),
    ])
    func threeDigitsAreKept(value: Double, text: String) {
        #expect(NumberText.threeDigits(value) == text)
    }

    @Test(arguments: [
        (1234.5, 1, "1234.5"), (1_234_567.0, 0, "1\u{202F}234\u{202F}567"), (-0.04, 1, "0.0"),
        (1e18, 0, "1e+18"),
    ])
    func groupsBeginAtTenThousand(value: Double, decimals: Int, text: String) {
        #expect(NumberText.grouped(value, decimals: decimals) == text)
    }
}
