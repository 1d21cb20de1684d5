internal import ArgumentParser

/// A share as a user writes it: `2%`, `0.5%`.
struct Percentage: ExpressibleByArgument, CustomStringConvertible {
    /// 2 for `2%`.
    let percent: Double

    /// 0.02 for `2%`.
    var share: Double { percent / 100 }

    init(percent: Double) {
        self.percent = percent
    }

    init?(argument: String) {
        // Without the sign, 0.02 could be meant either way.
        guard argument.hasSuffix("%"), let percent = Double(argument.dropLast()),
            (0..<100).contains(percent)
        else { return nil }
        self.percent = percent
    }

    var description: String {
        percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }

    var defaultValueDescription: String { description }
}
