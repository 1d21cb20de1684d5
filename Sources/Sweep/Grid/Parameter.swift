/// An axis that a grid may have: one declaration, from which the reading of its list, a point's id,
/// the columns and facets of a report, comparisons and the history follow.
///
/// What a value means, and whether it is a good one, only the engine knows.
package struct Parameter: Sendable {
    /// What a list of the parameter holds.
    package enum Values: Sendable {
        /// Whole numbers of 1 or more, and ranges of them: `1,2,4-8`.
        case counts
        /// Words between commas: `local,bind:0,1`. A word never begins with a digit, so an item that
        /// does goes on with the word before.
        case words
        /// Lists of their own, between slashes: `0-3/4-7`.
        case lists
    }

    /// As the command line and the files name it.
    package let name: String
    /// What an id puts before its value.
    let prefix: String
    let values: Values
    /// Whether a process is started with it, so that a point with another value needs a new one.
    let isSetting: Bool

    /// Sequences that run in lock step.
    package static let batch = Parameter("batch", "b", .counts, isSetting: false)
    /// Tokens of each prompt.
    package static let input = Parameter("input", "i", .counts, isSetting: false)
    /// Tokens to generate for each sequence.
    package static let output = Parameter("output", "o", .counts, isSetting: false)
    /// Processes that run the model together.
    package static let ranks = Parameter("ranks", "r", .counts)
    /// Worker threads.
    package static let threads = Parameter("threads", "t", .counts)
    /// CPUs to pin to.
    package static let cpus = Parameter("cpus", "cpus", .lists)
    /// Where memory lies.
    package static let numa = Parameter("numa", "", .words)
    /// Instruction set.
    package static let isa = Parameter("isa", "", .words)
    /// Precision of the KV cache.
    package static let kvCache = Parameter("kv-cache", "kv-", .words)

    /// All of them, in the order in which an id names them.
    package static let all: [Parameter] = [
        batch, input, output, ranks, threads, cpus, numa, isa, kvCache,
    ]

    /// Those that a process is started with.
    package static let settings = all.filter(\.isSetting)

    private init(_ name: String, _ prefix: String, _ values: Values, isSetting: Bool = true) {
        self.name = name
        self.prefix = prefix
        self.values = values
        self.isSetting = isSetting
    }

    /// The parameter of a name; nil if there is none.
    package init?(named name: String) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The name of its column in tables and in the history.
    package var column: String {
        "setting_" + name.split(separator: "-").joined(separator: "_")
    }

    /// Whether a value is of the kind that a list of it holds.
    func takes(_ value: ParameterValue) -> Bool {
        switch (values, value) {
        case (.counts, .count(let count)): 1...Grid.largestValue ~= count
        case (.words, .word), (.lists, .word): true
        default: false
        }
    }

    /// Reads a list of it, as the command line has it.
    ///
    /// - Throws: ``SweepError`` for numbers that are none; words are not looked at.
    package func read(_ text: String) throws(SweepError) -> [ParameterValue] {
        switch values {
        case .counts:
            return try ListText.numbers(text, axis: Axis(rawValue: name) ?? .grid).map {
                .count($0)
            }
        case .lists:
            return text.split(separator: "/", omittingEmptySubsequences: false).map {
                .word(String($0))
            }
        case .words:
            var words: [String] = []
            for item in text.split(separator: ",", omittingEmptySubsequences: false) {
                if let last = words.last, item.first?.isNumber ?? false {
                    words[words.count - 1] = "\(last),\(item)"
                } else {
                    words.append(String(item))
                }
            }
            return words.map { .word($0) }
        }
    }
}

extension Parameter: Hashable {
    /// A name is declared once.
    package static func == (left: Parameter, right: Parameter) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What a parameter is at a point.
package enum ParameterValue: Hashable, Sendable, CustomStringConvertible {
    case count(Int)
    case word(String)
    /// Lengths that differ from request to request.
    case lengths(LengthDistribution)

    /// As an id has it.
    package var description: String {
        switch self {
        case .count(let count): "\(count)"
        case .word(let word): word
        case .lengths(let lengths): lengths.mark
        }
    }

    /// The number, of lengths the largest; nil if it is none.
    package var count: Int? {
        switch self {
        case .count(let count): count
        case .lengths(let lengths): lengths.largest
        case .word: nil
        }
    }
}

extension ParameterValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    package init(integerLiteral value: Int) { self = .count(value) }
    package init(stringLiteral value: String) { self = .word(value) }
}

extension ParameterValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let count = try? container.decode(Int.self) {
            self = .count(count)
        } else {
            self = .word(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .count(let count): try container.encode(count)
        case .word(let word): try container.encode(word)
        case .lengths(let lengths): try container.encode(lengths)
        }
    }
}
