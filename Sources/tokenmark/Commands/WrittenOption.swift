/// An option as somebody wrote it on a command line: `--batch 1,2`, `--batch=1,2` or `--interleave`.
struct WrittenOption: Equatable, CustomStringConvertible {
    let name: String
    /// nil for a flag.
    var value: String?

    /// The options among the words of a command that takes no other arguments.
    static func all(in words: [String]) -> [WrittenOption] {
        var options: [WrittenOption] = []
        for word in words {
            if word.hasPrefix("--") {
                let parts = word.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                options.append(
                    WrittenOption(
                        name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : nil))
            } else if let last = options.indices.last, options[last].value == nil {
                options[last].value = word
            }
        }
        return options
    }

    /// As a parser takes it, whatever the value begins with.
    var word: String { value.map { "\(name)=\($0)" } ?? name }

    var description: String { value.map { "\(name) \($0)" } ?? name }
}
