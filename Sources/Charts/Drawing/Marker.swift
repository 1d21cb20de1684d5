/// The shape of a data point: series differ in shape too, for eyes and printers without colours.
package enum Marker: CaseIterable, Equatable, Sendable {
    case circle
    case square
    case triangle
    case diamond
    case cross
    case pentagon

    /// The shape of a series, counted from 0.
    package static func series(_ index: Int) -> Marker { allCases[index % allCases.count] }

    /// The outline around the origin, as the data of a path; all shapes have about the same area.
    var path: Markup {
        switch self {
        case .circle: "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z"
        case .square: "M-3.1-3.1h6.2v6.2h-6.2z"
        case .triangle: "M0-4.2L4.2 3.2H-4.2z"
        case .diamond: "M0-4.5L4.5 0L0 4.5L-4.5 0z"
        case .cross: "M-1.4-4h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6v-2.8h2.6z"
        case .pentagon: "M0-4.2L4-1.3L2.5 3.4H-2.5L-4-1.3z"
        }
    }
}
