import Charts
import Sweep

extension PageSection {
    /// The first screen: how sure the numbers are, and those that most readers look for.
    static func summary(_ manifest: Manifest, _ rows: [Row], _ warnings: [String]) -> PageSection {
        let debug =
            manifest.buildConfiguration == "debug"
            ? ["This is a debug build: its times are worth nothing."] : []
        return summary(
            Conclusion(manifest.status, rows), KeyFigure.figures(of: rows, manifest),
            notices: debug + manifest.warnings + warnings)
    }

    /// A conclusion, big figures, and what else a reader must know.
    static func summary(
        _ conclusion: Conclusion, _ figures: [KeyFigure], notices: [String]
    ) -> PageSection {
        let items = notices.map { "<li>\($0)</li>\n" as Markup }
        let list: Markup =
            items.isEmpty ? "" : "<ul class=\"notices\">\n\(items)</ul>\n"
        let keys: Markup =
            figures.isEmpty ? "" : "<dl class=\"keys\">\n\(figures.map(\.markup))</dl>\n"
        return PageSection(
            anchor: "summary", title: "At a glance", body: conclusion.markup + keys + list)
    }
}
