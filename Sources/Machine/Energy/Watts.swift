/// The watts in what a command printed: its first number.
enum Watts: Equatable {
    case value(Double)
    /// There is no digit.
    case none
    /// There is a number that cannot be watts; the text from there on.
    case refused(String)

    /// Ten times what the largest machine with one kernel takes.
    private static let most = 100_000.0
    /// Units of power that are not watts.
    private static let otherUnits: Set<String> = [
        "uw", "µw", "μw", "mw", "kw", "microwatts", "milliwatts", "kilowatts",
    ]

    /// Reads `220`, `71.23 W` or `Instantaneous power reading:   220 Watts`.
    ///
    /// A number has digits, perhaps a fraction and an exponent. One that is negative, too large, of
    /// another unit or written with commas is refused.
    init(in output: [UInt8]) {
        guard let first = output.firstIndex(where: Self.isDigit) else {
            self = .none
            return
        }
        let end = Self.endOfNumber(in: output, from: first)
        let isWhole =
            !(first > 0 && Self.joins(output[first - 1]))
            && !(end + 1 < output.count && Self.joins(output[end]) && Self.isDigit(output[end + 1]))
        guard isWhole, let value = Double(String(decoding: output[first..<end], as: UTF8.self)),
            value <= Self.most, !Self.otherUnits.contains(Self.unit(in: output[end...]))
        else {
            let start = first > 0 && Self.joins(output[first - 1]) ? first - 1 : first
            let line = output[start...].prefix { $0 >= 0x20 }.prefix(40)
            self = .refused(String(decoding: line, as: UTF8.self))
            return
        }
        self = .value(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }

    /// Whether a byte beside a number belongs to it, so that the digits alone say something else.
    private static func joins(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
    }

    private static func endOfNumber(in output: [UInt8], from first: Int) -> Int {
        func endOfDigits(from start: Int) -> Int {
            output[start...].firstIndex { !isDigit($0) } ?? output.count
        }
        var end = endOfDigits(from: first)
        if end + 1 < output.count, output[end] == UInt8(ascii: "."), isDigit(output[end + 1]) {
            end = endOfDigits(from: end + 1)
        }
        if end < output.count, output[end] | 0x20 == UInt8(ascii: "e") {
            var digits = end + 1
            if digits < output.count,
                output[digits] == UInt8(ascii: "+") || output[digits] == UInt8(ascii: "-")
            {
                digits += 1
            }
            if digits < output.count, isDigit(output[digits]) { end = endOfDigits(from: digits) }
        }
        return end
    }

    /// The word behind a number, in small letters.
    private static func unit(in rest: ArraySlice<UInt8>) -> String {
        let word = rest.drop { $0 == 0x20 || $0 == 0x09 }.prefix {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || $0 >= 0x80
        }
        return String(decoding: word, as: UTF8.self).lowercased()
    }
}
