internal import ArgumentParser

/// A number of bytes as a user writes it: 8GiB, 512MiB, 2000000000.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    private static let units = ["": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]

    /// nil unless it is a positive number, perhaps with a unit, that an integer holds.
    init?(argument: String) {
        let digits = argument.prefix { $0.isNumber || $0 == "." }
        guard let unit = Self.units[String(argument.dropFirst(digits.count))],
            let number = Double(digits), number > 0, number * Double(unit) < 9e18
        else { return nil }
        bytes = Int(number * Double(unit))
    }

    var description: String { "\(bytes)" }
}
