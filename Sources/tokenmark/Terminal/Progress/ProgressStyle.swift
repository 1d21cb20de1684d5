internal import Foundation

extension ProgressView.Style {
    /// The style for stderr as it is.
    ///
    /// - Parameter environment: `NO_COLOR`, if it is there and not empty, asks for no colours
    ///   (no-color.org); a `TERM` of `dumb` cannot overwrite lines.
    init(
        isQuiet: Bool, isTerminal: Bool = Terminal.errorIsTerminal,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        if isQuiet {
            self = .quiet
        } else if isTerminal, environment["TERM"] != "dumb" {
            self = .live(isColoured: environment["NO_COLOR", default: ""].isEmpty)
        } else {
            self = .lines
        }
    }
}
