/// The surface between the axes of a plot.
struct PlotFrame {
    let x: Scale
    let y: Scale
    var left: Double
    var top: Double
    let width: Double
    let height: Double

    var right: Double { left + width }
    var bottom: Double { top + height }

    func place(x value: Double) -> Double { left + x.fraction(value) * width }
    func place(y value: Double) -> Double { bottom - y.fraction(value) * height }
    /// The place of a value, or the nearest one within the frame.
    func inside(y value: Double) -> Double { min(max(place(y: value), top), bottom) }
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (place(x: x), place(y: y)) }

    /// Whether a point has a place at all.
    func canPlace(_ point: Datum) -> Bool {
        point.x.isFinite && point.y.isFinite && (x.kind == .linear || point.x > 0)
            && (y.kind == .linear || point.y > 0)
    }

    /// Whether a point is within the frame.
    func contains(_ point: Datum) -> Bool { x.contains(point.x) && y.contains(point.y) }

    /// The same, with its upper left corner as the origin.
    func moved() -> PlotFrame {
        var frame = self
        frame.left = 0
        frame.top = 0
        return frame
    }
}
