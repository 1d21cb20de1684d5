/// Where the history of a user lies.
package enum HistoryPath {
    /// `TOKENMARK_HISTORY`, or `tokenmark/history.sqlite` in `XDG_DATA_HOME`, or in `~/.local/share`;
    /// nil if none of them is known.
    ///
    /// A relative `XDG_DATA_HOME` counts as not set, as the XDG Base Directory Specification says.
    package static func standard(environment: [String: String]) -> String? {
        func set(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let path = set("TOKENMARK_HISTORY") { return path }
        if let data = set("XDG_DATA_HOME"), data.hasPrefix("/") {
            return "\(data)/tokenmark/history.sqlite"
        }
        return set("HOME").map { "\($0)/.local/share/tokenmark/history.sqlite" }
    }
}
