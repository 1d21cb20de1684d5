internal import ArgumentParser
internal import Sweep

/// What `--warmup` may say.
enum WarmupChoice: ExpressibleByArgument, Equatable, CustomStringConvertible {
    /// So many runs at the grid's largest sizes.
    case runs(Int)
    /// One such run, and before each cell as many as it takes until its time is flat.
    case untilFlat

    init?(argument: String) {
        if argument == "auto" {
            self = .untilFlat
        } else if let count = Int(argument) {
            self = .runs(count)
        } else {
            return nil
        }
    }

    /// Runs at the grid's largest sizes.
    var runs: Int {
        switch self {
        case .runs(let count): count
        case .untilFlat: 1
        }
    }

    var description: String {
        switch self {
        case .runs(let count): "\(count)"
        case .untilFlat: "auto"
        }
    }
}
