/// A role of colour; the style sheet says which colour it is, in light and in dark.
package enum Colour: Equatable, Sendable {
    /// One of the data, counted from 0; after ``seriesCount`` they come again.
    case series(Int)
    /// What stands behind the data.
    case muted
    /// What nothing goes beyond: a roof, a limit.
    case limit

    /// How many series can be told apart.
    package static let seriesCount = 6

    /// The class that sets `--c`.
    package var name: String {
        switch self {
        case .series(let index): "s\(index % Self.seriesCount + 1)"
        case .muted: "muted"
        case .limit: "limit"
        }
    }
}
