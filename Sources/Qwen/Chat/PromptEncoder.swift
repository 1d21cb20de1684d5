/// Makes tokens of what a template wrote.
///
/// Special tokens are looked for in the template's own characters alone: `<|im_end|>` in a message is
/// text, whatever was done to the message on its way through the template, and so is one that is
/// half the template's and half the message's. Between special tokens, template and messages
/// are one text, as transformers has it, so that merges go across. Answers of the model are the
/// tokens they were, not written and read again, where the template left their ends between tokens.
struct PromptEncoder: Sendable {
    private let tokenizer: Tokenizer
    private let specials: AddedTokenTable

    init(_ tokenizer: Tokenizer) throws(QwenError) {
        self.tokenizer = tokenizer
        do {
            specials = try AddedTokenTable(tokenizer.added.filter(\.isSpecial))
        } catch {
            throw .invalidTokenizer(problem: "it adds a token twice")
        }
    }

    /// The tokens of an answer, and the text that the template is given for them.
    struct Answer: Sendable {
        let tokens: [Int]
        let text: TemplateText
        private let bytes: [UInt8]
        /// Where in the bytes each token begins, and where the last one ends.
        private let offsets: [Int]

        init(_ tokens: [Int], _ tokenizer: Tokenizer) {
            var bytes: [UInt8] = []
            var offsets = [0]
            for token in tokens {
                // Models may have rows for tokens beyond the vocabulary; these have no text.
                bytes += (try? tokenizer.bytes(of: token)) ?? []
                offsets.append(bytes.count)
            }
            self.tokens = tokens
            self.bytes = bytes
            self.offsets = offsets
            text = TemplateText(String(decoding: bytes, as: UTF8.self), origin: .answered)
        }

        /// The tokens that a part of the text is; nil where it is no part, or cuts a token.
        func tokens(of part: [UInt8]) -> ArraySlice<Int>? {
            for (first, start) in offsets.enumerated() where start + part.count <= bytes.count {
                guard bytes[start..<start + part.count].elementsEqual(part),
                    let last = offsets[first...].firstIndex(of: start + part.count)
                else { continue }
                // At the ends tokens without a text count too.
                let isWhole = part.count == bytes.count
                return isWhole ? tokens[...] : tokens[first..<last]
            }
            return nil
        }
    }

    /// - Parameter answers: in the order in which the conversation has them.
    /// - Throws: `QwenError.unwritableByte`.
    func encode(_ text: TemplateText, _ answers: [Answer]) throws(QwenError) -> [Int] {
        var answers = answers[...]
        var tokens: [Int] = []
        var pending: [UInt8] = []
        // Whether the special token before took the blanks behind it, which may be another run's.
        var leavesOutBlanks = false
        func append(_ bytes: some Collection<UInt8>) {
            guard leavesOutBlanks else {
                pending += bytes
                return
            }
            let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
            let rest = text.drop { $0.properties.isWhitespace }
            leavesOutBlanks = rest.isEmpty
            pending += String(String.UnicodeScalarView(rest)).utf8
        }
        func flush() throws(QwenError) {
            tokens += try tokenizer.encode(String(decoding: pending, as: UTF8.self))
            pending = []
        }
        for run in text.runs {
            let bytes = Array(TemplateText.string(run.units).utf8)
            switch run.origin {
            case .given: append(bytes)
            case .template:
                var start = 0
                for match in specials.matches(in: bytes.span, takesSpecials: true) {
                    if start < match.range.lowerBound {
                        append(bytes[start..<match.range.lowerBound])
                    }
                    if match.token.takesBlanksBefore { Self.dropLastBlanks(&pending) }
                    try flush()
                    tokens.append(match.token.id)
                    leavesOutBlanks = match.token.takesBlanksBehind
                    start = match.range.upperBound
                }
                if start < bytes.count { append(bytes[start...]) }
            case .answered:
                guard
                    let index = answers.firstIndex(where: { $0.tokens(of: bytes) != nil }),
                    let kept = answers[index].tokens(of: bytes)
                else {
                    append(bytes)
                    continue
                }
                try flush()
                tokens += kept
                leavesOutBlanks = false
                answers = answers[(index + 1)...]
            }
        }
        try flush()
        return tokens
    }

    private static func dropLastBlanks(_ bytes: inout [UInt8]) {
        var text = String(decoding: bytes, as: UTF8.self).unicodeScalars
        while text.last?.properties.isWhitespace == true { text.removeLast() }
        bytes = Array(String(text).utf8)
    }

    /// The first special token of the template in a text.
    func firstSpecial(_ units: some Sequence<UInt32>) -> Int? {
        for run in TemplateText(units: units).runs where run.origin == .template {
            let bytes = Array(TemplateText.string(run.units).utf8)
            if let found = specials.matches(in: bytes.span, takesSpecials: true).first {
                return found.token.id
            }
        }
        return nil
    }
}

extension TemplateText {
    /// Characters in a row that have one origin, as long as they go.
    fileprivate var runs: [(origin: Origin, units: ArraySlice<UInt32>)] {
        var runs: [(origin: Origin, units: ArraySlice<UInt32>)] = []
        var rest = units[...]
        while let first = rest.first {
            let origin = Self.origin(first)
            let run = rest.prefix { Self.origin($0) == origin }
            runs.append((origin, run))
            rest = rest.dropFirst(run.count)
        }
        return runs
    }
}
