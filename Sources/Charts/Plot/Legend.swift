/// What the lines, points and surfaces of a chart stand for, in as many rows as it takes.
struct Legend {
    struct Entry {
        var label: String
        var colour: Colour
        var line = Series.Line.none
        var marker: Marker?
        var isHollow = false
        /// Whether a filled rectangle stands for it.
        var isSurface = false

        init(surface label: String, _ colour: Colour) {
            self.label = label
            self.colour = colour
            isSurface = true
        }

        init(dot label: String, _ colour: Colour, _ marker: Marker) {
            self.label = label
            self.colour = colour
            self.marker = marker
        }

        init(_ series: Series) {
            label = series.label
            colour = series.colour
            line = series.line
            marker = series.marker
            isHollow = series.isHollow
        }
    }

    private static let rowHeight = 16.0
    private static let swatchWidth = 22.0

    private let places: [(entry: Entry, x: Double, row: Int)]

    init(_ entries: [Entry], width: Double) {
        var places: [(entry: Entry, x: Double, row: Int)] = []
        var x = 0.0
        var row = 0
        for var entry in entries {
            entry.label = clipped(entry.label, toWidth: width - Self.swatchWidth)
            let length = Self.swatchWidth + textWidth(entry.label)
            if x > 0, x + length > width {
                x = 0
                row += 1
            }
            places.append((entry, x, row))
            x += length + 14
        }
        self.places = places
    }

    /// With a gap below; 0 without entries.
    var height: Double { places.last.map { Double($0.row + 1) * Self.rowHeight + 6 } ?? 0 }

    func draw(on canvas: inout Canvas, top: Double) {
        for (entry, x, row) in places {
            let middle = top + (Double(row) + 0.5) * Self.rowHeight
            if entry.isSurface {
                canvas.rectangle(
                    x: x, y: middle - 5, width: 14, height: 10, class: "fill \(entry.colour.name)")
            }
            if entry.line != .none {
                canvas.line(
                    x1: x, y1: middle, x2: x + 17, y2: middle,
                    class: "line\(entry.line.dashes) \(entry.colour.name)")
            }
            if let marker = entry.marker {
                canvas.marker(
                    marker, x: x + 8.5, y: middle,
                    class: "\(entry.isHollow ? "hollow" : "fill") \(entry.colour.name)")
            }
            canvas.text(entry.label, x: x + Self.swatchWidth, y: middle + 4)
        }
    }
}
