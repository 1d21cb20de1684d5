internal import ArgumentParser
internal import Reporting
internal import Suite

/// What a run is called by; shared by every command that writes a report.
struct LabelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Kept in the report, and what a history selects by: branch=main; can be given again.",
            valueName: "key=value"))
    var label: [String] = []

    /// The labels; nil without any.
    var labels: Labels? {
        get throws(UsageError) { try label.isEmpty ? nil : Labels.given(label) }
    }
}

extension Labels {
    /// The labels of a command line.
    ///
    /// - Throws: `UsageError` that names the one that is wrong.
    static func given(_ texts: [String]) throws(UsageError) -> Labels {
        do {
            return try Labels(texts)
        } catch {
            throw UsageError("--label: \(error)")
        }
    }
}
