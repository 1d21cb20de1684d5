internal import ArgumentParser

/// A share as a user writes it: 2% or 0.02.
struct Percentage: ExpressibleByArgument, CustomStringConvertible {
    /// Above 0 and below 1.
    let share: Double

    /// nil unless it is such a share.
    init?(argument: String) {
        let isPercent = argument.hasSuffix("%")
        guard let number = Double(isPercent ? argument.dropLast() : argument[...]) else {
            return nil
        }
        share = isPercent ? number / 100 : number
        guard share > 0, share < 1 else { return nil }
    }

    var description: String { "\(share * 100)%" }
}
