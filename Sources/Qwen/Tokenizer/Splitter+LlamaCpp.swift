extension Splitter {
    /// The pattern that llama.cpp calls `default`: runs of `[\p{P}$+<=>^~|]` apart; what is between them
    /// by GPT-2's pattern, each part as if it were a text of its own; then runs of `\p{N}` apart, and
    /// in them `[0-9][0-9][0-9]` apart, the leftmost first.
    func llamaCppEnd(
        from first: TextCharacter, at start: Int, in text: Span<UInt8>
    ) -> Int {
        if first.isMark { return marksEnd(from: first.end, in: text) }
        switch first.kind {
        case .letter: return end(of: .letter, from: first.end, in: text)
        case .number: return numbersEnd(from: start, in: text)
        case .other: return othersEnd(from: first.end, in: text)
        case .blank, .newline: break
        }
        if first.scalar == " ", let second = TextCharacter(at: first.end, in: text), !second.isMark
        {
            switch second.kind {
            case .letter: return end(of: .letter, from: second.end, in: text)
            // GPT-2's pattern has the blank with the number; then the number is cut off.
            case .number: return first.end
            case .other: return othersEnd(from: second.end, in: text)
            case .blank, .newline: break
            }
        }
        return blanksEnd(from: start, in: text)
    }

    private func marksEnd(from start: Int, in text: Span<UInt8>) -> Int {
        var position = start
        while let next = TextCharacter(at: position, in: text), next.isMark { position = next.end }
        return position
    }

    private func othersEnd(from start: Int, in text: Span<UInt8>) -> Int {
        var position = start
        while let next = TextCharacter(at: position, in: text), next.kind == .other, !next.isMark {
            position = next.end
        }
        return position
    }

    /// Three digits of ASCII, or all numbers up to the next such three.
    private func numbersEnd(from start: Int, in text: Span<UInt8>) -> Int {
        func isDigit(_ offset: Int) -> Bool {
            offset < text.count && 0x30...0x39 ~= text[offset]
        }
        var position = start
        while let next = TextCharacter(at: position, in: text), next.kind == .number {
            if isDigit(position), isDigit(position + 1), isDigit(position + 2) {
                return position == start ? start + 3 : position
            }
            position = next.end
        }
        return position
    }

    /// White space, but for the last character where anything but a mark follows.
    private func blanksEnd(from start: Int, in text: Span<UInt8>) -> Int {
        var position = start
        var last = start
        while let next = TextCharacter(at: position, in: text) {
            guard next.kind.isSpace else { return !next.isMark && last > start ? last : position }
            last = position
            position = next.end
        }
        return position
    }
}

extension TextCharacter {
    /// `[\p{P}$+<=>^~|]`.
    fileprivate var isMark: Bool {
        guard kind == .other else { return false }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return true
        default:
            return "$+<=>^~|".unicodeScalars.contains(scalar)
        }
    }
}
