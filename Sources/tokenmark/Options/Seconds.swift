internal import ArgumentParser

/// A time as a user writes it: 60, 60s or 2min.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
    let value: Double

    private static let units = ["": 1.0, "s": 1, "min": 60, "h": 3600]

    init(_ value: Double) { self.value = value }

    /// nil unless it is a time above 0.
    init?(argument: String) {
        let digits = argument.prefix { $0.isNumber || $0 == "." }
        guard let unit = Self.units[String(argument.dropFirst(digits.count))],
            let number = Double(digits), number > 0, number * unit < 1e9
        else { return nil }
        value = number * unit
    }

    var description: String { "\(value)s" }
}
