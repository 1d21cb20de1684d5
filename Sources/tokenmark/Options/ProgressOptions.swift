internal import ArgumentParser

/// What is said on the way; shared by every command that takes long.
struct ProgressOptions: ParsableArguments {
    @Flag(help: "Say nothing on the way but warnings and what failed.")
    var quiet = false

    /// Shows on stderr how it gets on.
    func view() -> ProgressView {
        ProgressView(ProgressView.Style(isQuiet: quiet))
    }
}
