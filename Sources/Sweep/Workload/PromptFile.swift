import FoundationEssentials

/// Prompts that people have, in a file: one on each line, or as JSON.
///
/// What the file is, it tells by its beginning. With a brace: JSON objects, one on each line. With a
/// bracket before a brace: one array of them. Otherwise a text with a prompt on each line that is not
/// blank. An object has a `prompt` or a `text`, or `conversations` as ShareGPT has them: then what the
/// human says first is the prompt, and what is said to that is the answer. Objects without a prompt,
/// as ShareGPT has some, are left out and counted.
package struct PromptFile: Equatable, Sendable {
    /// What a file holds.
    package enum Kind: Equatable, Sendable {
        case lines
        case jsonLines
        case jsonArray
    }

    /// A prompt as it stands there.
    package struct Entry: Equatable, Sendable {
        /// Where it begins, counted from 1.
        package let line: Int
        package let prompt: String
        /// Nil where there is none.
        package let answer: String?
    }

    /// As the user wrote it.
    package let path: String
    package let kind: Kind
    /// In the order of the file; at least one.
    package let entries: [Entry]
    /// Objects that have no prompt.
    package let leftOut: Int

    private static let mostBytes = 2 << 30
    /// How many prompts there may be.
    package static let mostPrompts = 10_000_000
    private static let remedy =
        "give objects with a \"prompt\" or a \"text\", or with \"conversations\" as ShareGPT has them"

    /// Reads a file.
    package init(path: String) throws(WorkloadError) {
        try self.init(WorkloadFile.bytes(path, limit: Self.mostBytes), path: path)
    }

    /// Takes the bytes of a file.
    ///
    /// - Parameters:
    ///   - path: what errors call it.
    ///   - most: how many prompts there may be.
    package init(
        _ bytes: [UInt8], path: String, most: Int = Self.mostPrompts
    ) throws(WorkloadError) {
        let text = try WorkloadFile.text(bytes, path: path)
        var collected = Collected(path: path, most: most)
        if let objects = JSONObjects(text) {
            kind = objects.isArray ? .jsonArray : .jsonLines
            try collected.take(objects)
        } else {
            kind = .lines
            for (number, line) in WorkloadFile.lines(text) {
                try collected.add(Entry(line: number, prompt: String(line), answer: nil))
            }
        }
        guard !collected.entries.isEmpty else {
            throw .file(
                path: path, line: nil, problem: "it has no prompt",
                remedy: kind == .lines ? "write a prompt on each line" : Self.remedy)
        }
        self.path = path
        entries = collected.entries
        leftOut = collected.leftOut
    }

    /// The prompts as tokens.
    ///
    /// - Parameters:
    ///   - takingAnswers: whether the lengths of the answers are wanted; prompts without one are left
    ///     out.
    ///   - limit: how many tokens a prompt may have, with its answer where that is wanted; longer ones
    ///     are left out.
    ///   - encode: text to tokens.
    /// - Returns: at least one prompt, and how many were left out here.
    /// - Throws: `WorkloadError.file` where all are left out; what `encode` throws.
    package func prompts(
        takingAnswers: Bool, limit: Int = Grid.largestValue, encode: (String) throws -> [Int]
    ) throws -> (prompts: [ListedPrompt], leftOut: Int) {
        var prompts: [ListedPrompt] = []
        for entry in entries {
            var answerTokens: Int?
            if takingAnswers {
                guard let answer = entry.answer else { continue }
                let count = try encode(answer).count
                guard count > 0 else { continue }
                answerTokens = count
            }
            let tokens = try encode(entry.prompt)
            guard !tokens.isEmpty, tokens.count <= limit - (answerTokens ?? 0) else { continue }
            prompts.append(ListedPrompt(tokens: tokens, answerTokens: answerTokens))
        }
        guard !prompts.isEmpty else {
            throw WorkloadError.file(
                path: path, line: nil,
                problem: "none of its \(entries.count) prompts has 1 to \(limit) tokens"
                    + (takingAnswers ? ", its answer counted, and an answer" : ""),
                remedy: takingAnswers
                    ? "give shorter conversations, or lengths of answers" : "give shorter prompts")
        }
        return (prompts, entries.count - prompts.count)
    }
}

extension PromptFile {
    /// What was found so far.
    private struct Collected {
        let path: String
        let most: Int
        var entries: [Entry] = []
        var leftOut = 0

        mutating func add(_ entry: Entry) throws(WorkloadError) {
            guard entries.count < most else {
                throw problem(
                    entry.line, "there are more than \(most) prompts", "give a part of it")
            }
            entries.append(entry)
        }

        mutating func take(_ objects: JSONObjects) throws(WorkloadError) {
            var objects = objects
            let decoder = JSONDecoder()
            while let found = try next(&objects) {
                let record: Record
                do {
                    record = try decoder.decode(Record.self, from: Data(found.text))
                } catch {
                    throw problem(found.line, Self.cause(of: error))
                }
                guard let (prompt, answer) = record.exchange else {
                    leftOut += 1
                    continue
                }
                try add(Entry(line: found.line, prompt: prompt, answer: answer))
            }
        }

        private func next(
            _ objects: inout JSONObjects
        ) throws(WorkloadError) -> JSONObjects.Found? {
            do {
                return try objects.next()
            } catch {
                throw problem(error.line, error.what)
            }
        }

        private func problem(
            _ line: Int, _ what: String, _ remedy: String = PromptFile.remedy
        ) -> WorkloadError {
            .file(path: path, line: line, problem: what, remedy: remedy)
        }

        private static func cause(of error: any Error) -> String {
            switch error {
            case DecodingError.typeMismatch(_, let context),
                DecodingError.valueNotFound(_, let context):
                let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
                return "\"\(path.joined(separator: "."))\" is not what belongs there"
            default:
                return "the object that begins here is no valid JSON"
            }
        }
    }

    /// An object of a file; what else it has is left out.
    private struct Record: Decodable {
        struct Turn: Decodable {
            let from: String?
            let value: String?
        }

        let prompt: String?
        let text: String?
        let conversations: [Turn]?

        private static let people: Set<String> = ["human", "user"]
        private static let models: Set<String> = ["gpt", "assistant", "chatgpt", "bing", "bard"]

        /// A prompt that is not blank, and the answer to it; nil where there is no prompt.
        var exchange: (prompt: String, answer: String?)? {
            if let given = prompt ?? text {
                guard !Self.isBlank(given) else { return nil }
                return (given, nil)
            }
            guard let conversations,
                let asked = conversations.firstIndex(where: { turn in
                    turn.from.map(Self.people.contains) ?? false
                }), let said = conversations[asked].value, !Self.isBlank(said)
            else { return nil }
            let next = conversations.dropFirst(asked + 1).first
            let isAnswer = next?.from.map(Self.models.contains) ?? false
            return (said, isAnswer ? next?.value : nil)
        }

        private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
    }
}
