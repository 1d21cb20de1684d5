/// A point of a series.
package struct Datum: Equatable, Sendable {
    package var x: Double
    package var y: Double
    /// From where to where y may lie; nil for a point without a spread.
    package var range: ClosedRange<Double>?
    /// Stands beside the point, where there is room for it.
    package var label: String?
    /// Comes up under a pointer.
    package var tip: String?

    package init(
        _ x: Double, _ y: Double, range: ClosedRange<Double>? = nil, label: String? = nil,
        tip: String? = nil
    ) {
        self.x = x
        self.y = y
        self.range = range
        self.label = label
        self.tip = tip
    }
}
