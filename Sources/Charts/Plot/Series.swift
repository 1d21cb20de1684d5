/// A set of data that belongs together in a plot: its points, and how they are drawn.
///
///     Series("batch 1", points: [Datum(2, 14.1), Datum(3, 14.3)], line: .solid, marker: nil)
package struct Series: Equatable, Sendable {
    package enum Line: Equatable, Sendable {
        case none
        case solid
        case dashed
        case dotted
        case dashDotted
        /// Level from each point to the next.
        case steps
    }

    /// What the lower and the upper ends of the points look like.
    package enum Spread: Equatable, Sendable {
        /// A pale surface along the line.
        case band
        /// A line through each point.
        case whiskers
    }

    /// Stands in the legend; a series without one does not.
    package var label: String
    /// In the order in which the line runs.
    package var points: [Datum]
    package var colour: Colour
    package var line: Line
    /// nil for a line without points.
    package var marker: Marker?
    /// Whether its markers are outlines, to be told from others of the same shape and colour.
    package var isHollow = false
    package var spread: Spread

    package init(
        _ label: String, points: [Datum], colour: Colour = .series(0), line: Line = .solid,
        marker: Marker? = .circle, spread: Spread = .band
    ) {
        self.label = label
        self.points = points
        self.colour = colour
        self.line = line
        self.marker = marker
        self.spread = spread
    }
}

extension Series.Line {
    /// The class of its dashes, after a blank; empty for a line without.
    var dashes: String {
        switch self {
        case .none, .solid, .steps: ""
        case .dashed: " dashed"
        case .dotted: " dotted"
        case .dashDotted: " dash-dotted"
        }
    }
}
