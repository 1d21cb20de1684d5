import Basics

/// What the prompts of a sweep are made of.
package enum PromptSource: Equatable, Sendable {
    /// Random ids, of which the first so many are the same in all prompts of a repetition.
    case random(prefixTokens: Int)
    /// Those of a file.
    case listed(ListedPrompts)
}

/// The prompts of a file, as tokens of the model.
///
/// Two are equal if they are the same prompts and answers, wherever the files lie.
package struct ListedPrompts: Sendable {
    /// As the user wrote it.
    package let path: String
    /// FNV-1a over the tokens of all prompts, and how long their answers are.
    package let mark: UInt64
    package let count: Int
    /// None where they were read from a report, which has only their mark.
    package let prompts: [ListedPrompt]

    /// - Throws: `WorkloadError.noListedPrompts`.
    package init(_ prompts: [ListedPrompt], path: String) throws(WorkloadError) {
        guard !prompts.isEmpty else { throw .noListedPrompts }
        self.path = path
        self.prompts = prompts
        count = prompts.count
        var mark = FNV1a()
        for prompt in prompts {
            mark.combine(UInt64(prompt.tokens.count))
            for token in prompt.tokens { mark.combine(UInt64(truncatingIfNeeded: token)) }
            mark.combine(prompt.answerTokens.map { UInt64($0) + 1 } ?? 0)
        }
        self.mark = mark.value
    }

    /// How long they are, as if a file counted it.
    ///
    /// - Throws: `WorkloadError` for one that is too long.
    package func inputLengths() throws(WorkloadError) -> LengthDistribution {
        LengthDistribution(
            try LengthHistogram(counting: prompts.map(\.tokens.count), path: path))
    }

    /// How long the answers of the file are.
    ///
    /// - Throws: `WorkloadError.badListedPrompt` for one without.
    package func outputLengths() throws(WorkloadError) -> LengthDistribution {
        var lengths: [Int] = []
        for (index, prompt) in prompts.enumerated() {
            guard let length = prompt.answerTokens, length > 0 else {
                throw .badListedPrompt(number: index + 1, problem: "has no answer")
            }
            lengths.append(length)
        }
        return LengthDistribution(try LengthHistogram(counting: lengths, path: path))
    }
}

extension ListedPrompts: Equatable {
    package static func == (left: ListedPrompts, right: ListedPrompts) -> Bool {
        left.mark == right.mark && left.count == right.count
    }
}

/// A number of shared tokens, or the file with a mark of its prompts.
extension PromptSource: Codable {
    private enum CodingKeys: String, CodingKey {
        case prefixTokens = "prefix_tokens"
        case path, mark, count
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let path = try container.decodeIfPresent(String.self, forKey: .path) {
            self = .listed(
                ListedPrompts(
                    path: path, mark: try container.decode(UInt64.self, forKey: .mark),
                    count: try container.decode(Int.self, forKey: .count), prompts: []))
        } else {
            self = .random(prefixTokens: try container.decode(Int.self, forKey: .prefixTokens))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .random(let tokens): try container.encode(tokens, forKey: .prefixTokens)
        case .listed(let listed):
            try container.encode(listed.path, forKey: .path)
            try container.encode(listed.mark, forKey: .mark)
            try container.encode(listed.count, forKey: .count)
        }
    }
}

extension ListedPrompts {
    fileprivate init(path: String, mark: UInt64, count: Int, prompts: [ListedPrompt]) {
        self.path = path
        self.mark = mark
        self.count = count
        self.prompts = prompts
    }
}
