/// Data between two axes: lines, steps, points with labels, bands and whiskers, with a legend.
///
///     let plot = Plot(
///         title: "Roofline", x: PlotAxis("operations per byte", .logarithmic(covering: intensities)),
///         y: PlotAxis("GFLOP/s", .logarithmic(covering: rates)),
///         series: [Series("operators", points: points, line: .none)])
///     plot.drawing.document
///
/// Whatever lies beyond the axes is cut off; a point there is left out.
package struct Plot: Equatable, Sendable {
    /// What it shows, in a few words.
    package var title: String
    /// What it says, for those who cannot see it.
    package var summary = ""
    package var x: PlotAxis
    package var y: PlotAxis
    /// The later ones above the earlier ones.
    package var series: [Series]
    package var rules: [Rule] = []
    /// In units of about a pixel, all around.
    package var width = 400.0
    package var height = 260.0

    package init(title: String, x: PlotAxis, y: PlotAxis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }

    package var drawing: Drawing {
        let legend = Legend(
            series.filter { !$0.label.isEmpty }.map(Legend.Entry.init), width: width)
        let labels = y.ticks.map { textWidth($0.label) }
        let left = max(24, (labels.max() ?? 0) + 10)
        // The last label of the x axis stands half beyond it.
        let right = max(8, (x.ticks.last.map { textWidth($0.label) } ?? 0) / 2)
        let top = 24 + legend.height
        let frame = PlotFrame(
            x: x.scale, y: y.scale, left: left, top: top, width: width - left - right,
            height: height - 24 - 38)
        var canvas = Canvas()
        canvas.text(y.title, x: 0, y: 11, class: "axis")
        legend.draw(on: &canvas, top: 18)
        drawGrid(in: frame, on: &canvas)
        canvas.clipped(x: frame.left, y: frame.top, width: frame.width, height: frame.height) {
            drawSurfaces(in: frame.moved(), on: &$0)
        }
        drawRules(in: frame, on: &canvas)
        drawPoints(in: frame, on: &canvas)
        return Drawing(
            width: width, height: height + legend.height, title: title, summary: summary, of: canvas
        )
    }

    private func drawGrid(in frame: PlotFrame, on canvas: inout Canvas) {
        for tick in y.ticks where y.scale.contains(tick.value) {
            let place = frame.place(y: tick.value)
            canvas.line(x1: frame.left, y1: place, x2: frame.right, y2: place, class: "grid")
            canvas.text(tick.label, x: frame.left - 6, y: place + 4, anchor: .end, class: "tick")
        }
        canvas.line(
            x1: frame.left, y1: frame.bottom, x2: frame.right, y2: frame.bottom, class: "frame")
        var end = -Double.infinity
        for tick in x.ticks where x.scale.contains(tick.value) {
            let place = frame.place(x: tick.value)
            canvas.line(
                x1: place, y1: frame.bottom, x2: place, y2: frame.bottom + 4, class: "frame")
            // Labels that would run into each other are left out.
            let half = textWidth(tick.label) / 2
            guard place - half > end + 4 else { continue }
            canvas.text(tick.label, x: place, y: frame.bottom + 16, anchor: .middle, class: "tick")
            end = place + half
        }
        canvas.text(
            x.title, x: (frame.left + frame.right) / 2, y: frame.bottom + 33, anchor: .middle,
            class: "axis")
    }

    /// Bands and lines: what is cut off at the frame.
    private func drawSurfaces(in frame: PlotFrame, on canvas: inout Canvas) {
        for series in series where series.spread == .band {
            let points = series.points.filter { frame.canPlace($0) && $0.range != nil }
            guard points.count > 1 else { continue }
            let upper = points.map { frame.place($0.x, $0.range?.upperBound ?? $0.y) }
            let lower = points.map { frame.place($0.x, $0.range?.lowerBound ?? $0.y) }
            canvas.path(
                upper + lower.reversed(), isClosed: true, class: "area \(series.colour.name)")
        }
        for series in series where series.line != .none {
            let points = series.points.filter(frame.canPlace).map { frame.place($0.x, $0.y) }
            canvas.path(
                series.line == .steps ? Self.stairs(points) : points,
                class: "line\(series.line.dashes) \(series.colour.name)")
        }
    }

    private func drawRules(in frame: PlotFrame, on canvas: inout Canvas) {
        for rule in rules {
            let name = "line thin dashed \(rule.colour.name)"
            switch rule.direction {
            case .horizontal where y.scale.contains(rule.value):
                let place = frame.place(y: rule.value)
                canvas.line(x1: frame.left, y1: place, x2: frame.right, y2: place, class: name)
                canvas.text(
                    rule.label, x: frame.left + 4,
                    y: place - frame.top < 14 ? place + 12 : place - 4,
                    class: "halo fill \(rule.colour.name)")
            case .vertical where x.scale.contains(rule.value):
                let place = frame.place(x: rule.value)
                canvas.line(x1: place, y1: frame.top, x2: place, y2: frame.bottom, class: name)
                let fits = place + 4 + textWidth(rule.label) < frame.right
                canvas.text(
                    rule.label, x: fits ? place + 4 : place - 4, y: frame.top + 11,
                    anchor: fits ? .start : .end, class: "halo fill \(rule.colour.name)")
            default: break
            }
        }
    }

    private func drawPoints(in frame: PlotFrame, on canvas: inout Canvas) {
        var labels = LabelPlacement(
            left: frame.left, top: frame.top, right: width, bottom: frame.bottom)
        let visible = series.map { series in series.points.filter(frame.contains) }
        for (series, points) in zip(series, visible) where series.marker != nil {
            for point in points { labels.avoid(frame.place(point.x, point.y)) }
        }
        for (series, points) in zip(series, visible) {
            for point in points {
                let place = frame.place(point.x, point.y)
                if series.spread == .whiskers, let range = point.range {
                    canvas.line(
                        x1: place.x, y1: frame.inside(y: range.lowerBound), x2: place.x,
                        y2: frame.inside(y: range.upperBound),
                        class: "line thin \(series.colour.name)")
                }
                if let marker = series.marker {
                    canvas.marker(
                        marker, x: place.x, y: place.y,
                        class: "mark \(series.isHollow ? "hollow" : "fill") \(series.colour.name)",
                        tip: point.tip)
                }
            }
        }
        for point in visible.joined() {
            guard let label = point.label,
                let (x, y, anchor) = labels.place(label, beside: frame.place(point.x, point.y))
            else { continue }
            canvas.text(label, x: x, y: y, anchor: anchor, class: "label halo")
        }
    }

    /// Level from each point to the next.
    private static func stairs(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        zip(points, points.dropFirst()).flatMap { [$0, ($1.x, $0.y)] } + points.suffix(1)
    }
}
