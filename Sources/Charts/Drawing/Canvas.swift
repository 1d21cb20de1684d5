/// A surface to draw on, x to the right and y down, in units of about a pixel.
///
/// Every shape takes the classes that colour it; ``Drawing/style`` has them: `fill` and `line` with
/// a ``Colour``, `area` for a pale surface, `grid`, `frame`. A tip is what a pointer brings up.
package struct Canvas {
    /// The side of its place at which a text stands.
    package enum Anchor: String, Sendable {
        case start
        case middle
        case end
    }

    private(set) var body: Markup = ""

    package init() {}

    package mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, class name: String,
        corner: Double = 0, tip: String? = nil
    ) {
        let rounding: Markup = corner > 0 ? " rx=\"\(corner)\"" : ""
        let size: Markup = "width=\"\(max(0, width))\" height=\"\(max(0, height))\"\(rounding)"
        add("rect", "x=\"\(x)\" y=\"\(y)\" \(size)", name, tip)
    }

    package mutating func line(
        x1: Double, y1: Double, x2: Double, y2: Double, class name: String, tip: String? = nil
    ) {
        add("line", "x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\"", name, tip)
    }

    /// A line through points, or a surface within them if it is closed.
    package mutating func path(
        _ points: [(x: Double, y: Double)], isClosed: Bool = false, class name: String
    ) {
        guard let first = points.first else { return }
        let rest = points.dropFirst().map { "L\($0.x) \($0.y)" as Markup }
        add(
            "path", "d=\"M\(first.x) \(first.y)\(rest)\(isClosed ? "z" : "" as Markup)\"", name, nil
        )
    }

    package mutating func marker(
        _ marker: Marker, x: Double, y: Double, class name: String, tip: String? = nil
    ) {
        add("path", "d=\"\(marker.path)\" transform=\"translate(\(x) \(y))\"", name, tip)
    }

    /// A text whose base line is at y.
    package mutating func text(
        _ text: String, x: Double, y: Double, anchor: Anchor = .start, class name: String = "label"
    ) {
        let side: Markup = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        body += "<text x=\"\(x)\" y=\"\(y)\"\(side) class=\"\(name)\">\(text)</text>\n"
    }

    /// Draws within a rectangle only; places are counted from its upper left corner.
    package mutating func clipped(
        x: Double, y: Double, width: Double, height: Double, _ draw: (inout Canvas) -> Void
    ) {
        var inner = Canvas()
        draw(&inner)
        body += """
            <svg x="\(x)" y="\(y)" width="\(max(0, width))" height="\(max(0, height))">
            \(inner.body)</svg>

            """
    }

    private mutating func add(
        _ element: Markup, _ attributes: Markup, _ name: String, _ tip: String?
    ) {
        let tip: Markup = (tip ?? "").isEmpty ? "" : "<title>\(tip ?? "")</title>"
        body += "<\(element) \(attributes) class=\"\(name)\">\(tip)</\(element)>\n"
    }
}
