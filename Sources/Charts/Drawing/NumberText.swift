import Glibc

/// Numbers as text, in no locale.
package enum NumberText {
    /// So many decimals, and groups of three digits from 10 000 on, divided by a narrow blank.
    package static func grouped(_ value: Double, decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let scaled = (abs(value) * scale).rounded()
        // What an integer cannot hold is beyond any axis.
        guard scaled < 1e15 else { return value.description }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let whole = String(padded.dropLast(decimals))
        let sign = value < 0 && scaled > 0 ? "\u{2212}" : ""
        let fraction = decimals > 0 ? "." + padded.suffix(decimals) : ""
        return sign + (whole.count > 4 ? threes(whole) : whole) + fraction
    }

    /// Three significant digits, and all digits before the point: `0.0123`, `1.23`, `12.3`, `1234`.
    package static func threeDigits(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return value == 0 ? "0" : value.description }
        let exponent = Int(log10(abs(value)).rounded(.down))
        let decimals = min(9, max(0, 2 - exponent))
        // 9.996 has one digit more once it is rounded.
        let rounded = (abs(value) * pow(10, Double(decimals))).rounded()
        let grown = rounded >= pow(10, Double(decimals + exponent + 1))
        return grouped(value, decimals: grown ? max(0, decimals - 1) : decimals)
    }

    /// A place in a drawing: hundredths, as far as there are any.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
        switch rest {
        case 0: return "\(sign)\(whole)"
        case _ where rest % 10 == 0: return "\(sign)\(whole).\(rest / 10)"
        default: return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
        }
    }

    private static func threes(_ digits: String) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "\u{202F}" }
            result.append(digit)
        }
        return result
    }
}
