/// Rows with a name each and bars or dots along one axis: shares of a whole, ranges, ratios.
package struct RowChart: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        package var label: String
        /// Lengths of bars that follow each other, by index of ``RowChart/surfaces``.
        package var bars: [Double]
        /// Where the dots are, by index of ``RowChart/dots``; nil where there is none.
        package var dots: [Double?]
        /// Comes up under a pointer.
        package var tip: String

        package init(_ label: String, bars: [Double] = [], dots: [Double?] = [], tip: String) {
            self.label = label
            self.bars = bars
            self.dots = dots
            self.tip = tip
        }
    }

    /// What it shows, in a few words.
    package var title: String
    /// What it says, for those who cannot see it.
    package var summary = ""
    package var axis: PlotAxis
    /// What the bars stand for.
    package var surfaces: [String]
    /// What the dots stand for; a line joins those of a row.
    package var dots: [String]
    package var rows: [Row]
    /// Vertical ones.
    package var rules: [Rule] = []
    package var width = 400.0

    package init(
        title: String, axis: PlotAxis, surfaces: [String] = [], dots: [String] = [], rows: [Row]
    ) {
        self.title = title
        self.axis = axis
        self.surfaces = surfaces
        self.dots = dots
        self.rows = rows
    }

    private static let rowHeight = 20.0

    package var drawing: Drawing {
        let legend = Legend(
            surfaces.enumerated().map { Legend.Entry(surface: $1, .series($0)) }
                + dots.enumerated().map {
                    Legend.Entry(dot: $1, dotColour($0), .series($0))
                }, width: width)
        let labels = rows.map { clipped($0.label, toWidth: width * 0.4) }
        let left = (labels.map { textWidth($0) }.max() ?? 0) + 10
        let top = legend.height + (rules.isEmpty ? 6 : 22)
        let right = max(8, (axis.ticks.last.map { textWidth($0.label) } ?? 0) / 2)
        let frame = PlotFrame(
            x: axis.scale, y: .linear(from: 0, to: 1), left: left, top: top,
            width: width - left - right, height: Double(rows.count) * Self.rowHeight)
        var canvas = Canvas()
        legend.draw(on: &canvas, top: 0)
        drawAxis(in: frame, on: &canvas)
        for (index, row) in rows.enumerated() {
            let middle = top + (Double(index) + 0.5) * Self.rowHeight
            canvas.text(labels[index], x: left - 8, y: middle + 4, anchor: .end, class: "tick")
            draw(row, middle: middle, in: frame, on: &canvas)
        }
        for rule in rules where axis.scale.contains(rule.value) {
            let place = frame.place(x: rule.value)
            canvas.line(
                x1: place, y1: frame.top - 4, x2: place, y2: frame.bottom,
                class: "line thin dashed \(rule.colour.name)")
            let half = textWidth(rule.label) / 2
            canvas.text(
                rule.label, x: min(max(place, half), width - half), y: frame.top - 8,
                anchor: .middle, class: "fill \(rule.colour.name)")
        }
        return Drawing(
            width: width, height: frame.bottom + 38, title: title, summary: summary, of: canvas)
    }

    /// Dots beside bars mark them and are no further series.
    private func dotColour(_ index: Int) -> Colour {
        surfaces.isEmpty ? .series(index) : .limit
    }

    private func drawAxis(in frame: PlotFrame, on canvas: inout Canvas) {
        var end = -Double.infinity
        for tick in axis.ticks where axis.scale.contains(tick.value) {
            let place = frame.place(x: tick.value)
            canvas.line(x1: place, y1: frame.top, x2: place, y2: frame.bottom, class: "grid")
            let half = textWidth(tick.label) / 2
            guard place - half > end + 4 else { continue }
            canvas.text(tick.label, x: place, y: frame.bottom + 14, anchor: .middle, class: "tick")
            end = place + half
        }
        canvas.text(
            axis.title, x: (frame.left + frame.right) / 2, y: frame.bottom + 31, anchor: .middle,
            class: "axis")
    }

    private func draw(
        _ row: Row, middle: Double, in frame: PlotFrame, on canvas: inout Canvas
    ) {
        // Bars begin at 0, or where the axis does.
        var start = axis.scale.kind == .linear ? max(0, axis.scale.low) : axis.scale.low
        for (index, length) in row.bars.enumerated() where length > 0 && length.isFinite {
            let end = axis.scale.kind == .linear ? start + length : max(start, length)
            let left = frame.place(x: start)
            let right = min(frame.right, frame.place(x: end))
            canvas.rectangle(
                x: left, y: middle - 6, width: right - left, height: 12,
                class: "mark fill \(Colour.series(index).name)", tip: row.tip)
            start = end
        }
        let dots = row.dots.enumerated().compactMap { index, value in
            value.flatMap { axis.scale.contains($0) ? (index, frame.place(x: $0)) : nil }
        }
        if surfaces.isEmpty, let first = dots.map(\.1).min(), let last = dots.map(\.1).max() {
            canvas.line(x1: first, y1: middle, x2: last, y2: middle, class: "line muted")
        }
        for (index, place) in dots {
            canvas.marker(
                .series(index), x: place, y: middle, class: "mark fill \(dotColour(index).name)",
                tip: row.tip)
        }
    }
}
