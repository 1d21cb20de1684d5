import Charts
import Sweep

extension PageSection {
    /// The most points that all drawings together have; more would make a page too large to send.
    private static let mostPoints = 3000

    /// TTFT, TPOT and throughput along every axis of the grid, one at a time; nil without an axis.
    ///
    /// All drawings are in the page, and radio buttons choose which are shown, without a script. A browser
    /// that cannot do that shows all.
    static func axes(_ reports: [ChartedReport], numbers: Numbers) -> PageSection? {
        let all = GridAxis.axes(of: reports.flatMap { $0.rows.map(\.point) })
        let points = AxisCharts.measureCount * reports.reduce(0) { $0 + $1.rows.count }
        let axes = all.prefix(max(1, mostPoints / max(1, points)))
        let panels = axes.map { axis in (axis, AxisCharts(axis, reports).figures) }
            .filter { !$0.1.isEmpty }
        guard !panels.isEmpty else { return nil }
        let choices = panels.enumerated().map { index, panel -> Markup in
            let checked: Markup = index == 0 ? " checked" : ""
            return """
                <label><input type="radio" name="axis" value="\(panel.0.name)"\(checked)> \
                \(panel.0.name)</label>

                """
        }
        let choice: Markup =
            panels.count == 1
            ? ""
            : """
            <fieldset class="choice"><legend>\(Words.choice)</legend>
            \(choices)</fieldset>

            """
        let drawings = panels.map { axis, figures -> Markup in
            """
            <div class="panel">
            <h3>\(Words.heading(axis.name))</h3>
            \(numbers.grid(figures, of: "charts"))</div>

            """
        }
        let left = all.dropFirst(axes.count).map(\.name)
        let note: Markup =
            left.isEmpty ? "" : "<p class=\"note\">\(Words.leftOut(left))</p>\n"
        return PageSection(
            anchor: "charts", title: Words.title,
            body: numbers.lead(Words.explanation(reports.count)) + """
                <div class="panels">
                \(choice)\(drawings)</div>
                \(note)
                """)
    }
}

private enum Words {
    static let title = "Along each axis"
    static let choice = "Along"

    static func heading(_ axis: String) -> String { "Along \(axis)" }

    static func explanation(_ reports: Int) -> String {
        "TTFT, TPOT and throughput: medians over the repetitions with their 95 % intervals; throughput is output tokens over "
            + "response time."
            + (reports > 1
                ? " The lines of the same cells have the same colour and shape in all reports; those of A "
                    + "are solid."
                : "")
    }

    static func leftOut(_ axes: [String]) -> String {
        "The grid has more cells than the page has room for, so there are no drawings along "
            + axes.joined(separator: ", ") + "; the table has all of them."
    }
}
