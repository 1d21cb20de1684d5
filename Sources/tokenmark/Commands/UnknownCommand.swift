internal import ArgumentParser
internal import History

/// A word where a command belongs that is none, and those that it may stand for.
struct UnknownCommand: Error, Equatable, CustomStringConvertible {
    /// The commands above it, such as `history`; empty at the beginning.
    let parents: [String]
    let word: String
    /// What there is that is written almost so.
    let nearest: [String]

    /// nil where the words of a command line name a command.
    init?(_ arguments: [String]) {
        var children = Tokenmark.configuration.subcommands
        var parents: [String] = []
        for word in arguments {
            // The parser has a command of its own.
            guard !children.isEmpty, !word.hasPrefix("-"), !(parents.isEmpty && word == "help")
            else { return nil }
            guard let child = children.first(where: { $0.configuration.commandName == word })
            else {
                let names = children.filter { $0.configuration.shouldDisplay }
                    .compactMap { $0.configuration.commandName }
                self.parents = parents
                self.word = word
                self.nearest = Self.nearest(to: word, among: names)
                return
            }
            children = child.configuration.subcommands
            parents.append(word)
        }
        return nil
    }

    var description: String {
        func path(_ name: String) -> String { (parents + [name]).joined(separator: " ") }
        let what = "unknown command \"\(path(String(visible(word).prefix(40))))\"; "
        guard !nearest.isEmpty else {
            return what + "see \((["tokenmark"] + parents).joined(separator: " ")) --help"
        }
        return what + "did you mean \(nearest.map(path).joined(separator: " or "))?"
    }

    /// The names at the least distance, if that is small; else those that begin so.
    static func nearest(to word: String, among names: [String]) -> [String] {
        let distances = names.map { distance(word, $0) }
        let limit = word.count > 3 ? 2 : 1
        if let least = distances.min(), least <= limit {
            return zip(names, distances).filter { $0.1 == least }.map(\.0)
        }
        return word.isEmpty ? [] : names.filter { $0.hasPrefix(word) }
    }

    /// How many letters must be put in, taken out or changed to make one word of the other
    /// (Levenshtein, 1966).
    static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        // What is this much longer than any name is far from all of them.
        let a = Array(a.prefix(100))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
