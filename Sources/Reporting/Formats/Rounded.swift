import Glibc

/// A number with so many decimals, in no locale.
package func fixed(_ value: Double, decimals: Int) -> String {
    let scale = pow(10, Double(decimals))
    let scaled = (abs(value) * scale).rounded()
    // What an integer cannot hold is not worth decimals.
    guard scaled < 1e15 else { return value.description }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}

/// A number with four significant digits, all digits before the point and at most six after it.
package func fourDigits(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return value.description }
    let exponent = Int(log10(abs(value)).rounded(.down))
    return fixed(value, decimals: min(6, max(0, 3 - exponent)))
}
