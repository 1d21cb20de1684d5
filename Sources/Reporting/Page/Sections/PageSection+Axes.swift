import Basics
import Charts
import Sweep

extension PageSection {
    /// The most points that all drawings together have; more would make a page too large to send.
    private static let mostPoints = 3000

    /// TTFT, TPOT and throughput along every axis of the grid, one at a time; nil without an axis.
    ///
    /// All drawings are in the page, and radio buttons choose which are shown, without a script. A browser
    /// that cannot do that shows all.
    static func axes(
        _ reports: [ChartedReport], numbers: Numbers, in language: Language
    ) -> PageSection? {
        let all = GridAxis.axes(of: reports.flatMap { $0.rows.map(\.point) }, in: language)
        let points = AxisCharts.measureCount * reports.reduce(0) { $0 + $1.rows.count }
        let axes = all.prefix(max(1, mostPoints / max(1, points)))
        let panels = axes.map { axis in (axis, AxisCharts(axis, reports, in: language).figures) }
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
            <fieldset class="choice"><legend>\(language(en: "Along", zh: "沿"))</legend>
            \(choices)</fieldset>

            """
        let drawings = panels.map { axis, figures -> Markup in
            """
            <div class="panel">
            <h3>\(language(en: "Along \(axis.name)", zh: axis.name))</h3>
            \(numbers.grid(figures, of: "charts"))</div>

            """
        }
        let left = all.dropFirst(axes.count).map(\.name)
        let leftOut = language(
            en:
                "The grid has more cells than the page has room for, so there are no drawings along "
                + left.joined(separator: ", ") + "; the table has all of them.",
            zh: "网格的单元多于网页的容量，所以没有沿" + left.joined(separator: "、")
                + "的图；表格里都有。")
        let note: Markup = left.isEmpty ? "" : "<p class=\"note\">\(leftOut)</p>\n"
        let lines =
            reports.count > 1
            ? language(
                en:
                    " The lines of the same cells have the same colour and shape in all reports; those "
                    + "of A are solid.",
                zh: "同样单元的线在各份报告里颜色和形状相同；A 的是实线。") : ""
        let explanation = language(
            en:
                "TTFT, TPOT and throughput: medians over the repetitions with their 95 % intervals; "
                + "throughput is output tokens over response time.",
            zh: "TTFT、TPOT 和吞吐：各次重复的中位数及其 95 % 区间；吞吐是输出 token 数除以响应时间。")
        return PageSection(
            anchor: "charts", title: language(en: "Along each axis", zh: "沿每个轴"),
            body: numbers.lead(explanation + lines, in: language) + """
                <div class="panels">
                \(choice)\(drawings)</div>
                \(note)
                """)
    }
}
