import Basics
import Charts
import Sweep

extension PageSection {
    /// The first screen: how sure the numbers are, and those that most readers look for.
    static func summary(
        _ manifest: Manifest, _ rows: [Row], _ warnings: [String], in language: Language
    ) -> PageSection {
        let debug = language(
            en: "This is a debug build: its times are worth nothing.",
            zh: "这是 debug 构建：它的时间没有意义。")
        let isDebug = manifest.buildConfiguration == "debug"
        return summary(
            Conclusion(manifest.status, rows, in: language),
            KeyFigure.figures(of: rows, manifest, in: language),
            notices: (isDebug ? [debug] : []) + manifest.warnings + warnings, in: language)
    }

    static func summaryTitle(in language: Language) -> String {
        language(en: "At a glance", zh: "概览")
    }

    /// A conclusion, big figures, and what else a reader must know.
    static func summary(
        _ conclusion: Conclusion, _ figures: [KeyFigure], notices: [String], in language: Language
    ) -> PageSection {
        let items = notices.map { "<li>\($0)</li>\n" as Markup }
        let list: Markup =
            items.isEmpty ? "" : "<ul class=\"notices\">\n\(items)</ul>\n"
        let answers = figures.map { $0.markup(in: language) }
        let keys: Markup = answers.isEmpty ? "" : "<dl class=\"keys\">\n\(answers)</dl>\n"
        return PageSection(
            anchor: "summary", title: summaryTitle(in: language),
            body: conclusion.markup + keys + list)
    }
}
