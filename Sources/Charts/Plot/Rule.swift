/// A straight line across a plot at a value of one axis, such as a limit.
package struct Rule: Equatable, Sendable {
    package enum Direction: Equatable, Sendable {
        /// At a value of y.
        case horizontal
        /// At a value of x.
        case vertical
    }

    package var direction: Direction
    package var value: Double
    /// Stands along the line.
    package var label: String
    package var colour: Colour

    package init(
        _ direction: Direction, at value: Double, label: String, colour: Colour = .limit
    ) {
        self.direction = direction
        self.value = value
        self.label = label
        self.colour = colour
    }
}
