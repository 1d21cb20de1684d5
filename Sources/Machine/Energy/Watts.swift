/// The watts in what a command printed: the number that stands before `W` or `Watts`, or the only one
/// that there is.
enum Watts: Equatable {
    case value(Double)
    /// There is no number.
    case none
    /// There is none that can be watts, or several of which none says that it is; the text from the first
    /// of them on.
    case refused(String)

    /// Ten times what the largest machine with one kernel takes.
    private static let most = 100_000.0
    private static let units: Set<String> = ["w", "watt", "watts"]

    /// Digits with what belongs to them, and the word behind them, in small letters.
    private struct Number {
        let start: Int
        let text: String
        let unit: String
    }

    /// Reads `220`, `71.23 W`, `GPU 0: 71.23 W` or `Instantaneous power reading:   220 Watts`.
    ///
    /// A number has digits, perhaps a fraction and an exponent. One that is 0 or negative, too large, of
    /// another unit or written with commas is refused: no machine takes it.
    init(in output: [UInt8]) {
        let numbers = Self.numbers(in: output)
        guard let first = numbers.first else {
            self = .none
            return
        }
        let chosen = numbers.first { Self.units.contains($0.unit) }
        guard let number = chosen ?? (numbers.count == 1 && first.unit.isEmpty ? first : nil),
            number.text.utf8.first.map(Self.isDigit) ?? false, let value = Double(number.text),
            value > 0, value <= Self.most
        else {
            let line = output[(chosen ?? first).start...].prefix { $0 >= 0x20 }.prefix(40)
            self = .refused(String(decoding: line, as: UTF8.self))
            return
        }
        self = .value(value)
    }

    /// All of them; digits in a name, as in `PS1`, are none.
    private static func numbers(in output: [UInt8]) -> [Number] {
        var numbers: [Number] = []
        var place = 0
        while let digit = output[place...].firstIndex(where: isDigit) {
            var start = digit
            while start > place, joins(output[start - 1]) { start -= 1 }
            var end = digit
            while end < output.count, isDigit(output[end]) || joins(output[end]) { end += 1 }
            end = endOfExponent(in: output, after: end)
            // A sentence may go on behind it.
            var last = end
            while last > digit, joins(output[last - 1]) { last -= 1 }
            place = end
            guard start == 0 || !isLetter(output[start - 1]) else { continue }
            numbers.append(
                Number(
                    start: start, text: String(decoding: output[start..<last], as: UTF8.self),
                    unit: unit(in: output[end...])))
        }
        return numbers
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte >= 0x80
            || byte == UInt8(ascii: "_")
    }

    /// Whether a byte beside digits belongs to them, so that the digits alone say something else.
    private static func joins(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
    }

    private static func endOfExponent(in output: [UInt8], after end: Int) -> Int {
        guard end < output.count, output[end] | 0x20 == UInt8(ascii: "e") else { return end }
        var digits = end + 1
        if digits < output.count,
            output[digits] == UInt8(ascii: "+") || output[digits] == UInt8(ascii: "-")
        {
            digits += 1
        }
        guard digits < output.count, isDigit(output[digits]) else { return end }
        return output[digits...].firstIndex { !isDigit($0) } ?? output.count
    }

    /// The word behind a number, in small letters.
    private static func unit(in rest: ArraySlice<UInt8>) -> String {
        let word = rest.drop { $0 == 0x20 || $0 == 0x09 }.prefix(while: isLetter)
        return String(decoding: word, as: UTF8.self).lowercased()
    }
}
