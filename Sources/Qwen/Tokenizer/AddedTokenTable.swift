/// Finds added tokens in text: the leftmost, and there the longest.
struct AddedTokenTable: Sendable {
    private let tokens: [AddedToken]
    private let table: ByteStringTable
    /// The lengths of the tokens that begin with each byte, the longest first.
    private let lengths: [[Int]]
    /// Whether there are tokens that are found in every text.
    private let hasOrdinary: Bool

    /// A token that was found, with the white space that it takes.
    struct Match {
        let range: Range<Int>
        let token: AddedToken
    }

    /// - Parameters:
    ///   - tokens: each text once.
    ///   - pattern: what a token is looked for as.
    init(
        _ tokens: [AddedToken], pattern: (AddedToken) -> [UInt8] = { Array($0.text.utf8) }
    ) throws(ByteStringTable.Duplicate) {
        self.tokens = tokens
        var strings = ByteStrings()
        var lengths = [[Int]](repeating: [], count: 256)
        for token in tokens {
            let bytes = pattern(token)
            strings.append(bytes)
            guard let first = bytes.first.map({ Int($0) }) else { continue }
            if !lengths[first].contains(bytes.count) { lengths[first].append(bytes.count) }
            lengths[first].sort(by: >)
        }
        table = try ByteStringTable(strings)
        self.lengths = lengths
        hasOrdinary = tokens.contains { !$0.isSpecial }
    }

    /// The tokens of a text, from left to right.
    ///
    /// As in Hugging Face tokenizers the search goes on behind a token that does not count, and right
    /// behind the text of one that does: a token may begin within the white space that another took.
    ///
    /// - Parameter takesSpecials: whether special ones count.
    func matches(in text: Span<UInt8>, takesSpecials: Bool) -> [Match] {
        guard takesSpecials || hasOrdinary else { return [] }
        var matches: [Match] = []
        var position = 0
        var taken = 0
        while let (range, token) = first(in: text, from: position) {
            position = range.upperBound
            guard takesSpecials || !token.isSpecial,
                !token.isWholeWord || Self.isAlone(range, in: text)
            else { continue }
            let start = token.takesBlanksBefore ? text.startOfBlanks(before: range.lowerBound) : nil
            let end = token.takesBlanksBehind ? text.endOfBlanks(from: range.upperBound) : nil
            let lower = min(max(start ?? range.lowerBound, taken), range.lowerBound)
            matches.append(Match(range: lower..<(end ?? range.upperBound), token: token))
            taken = end ?? range.upperBound
        }
        return matches
    }

    private func first(
        in text: Span<UInt8>, from start: Int
    ) -> (range: Range<Int>, token: AddedToken)? {
        for position in start..<text.count {
            for length in lengths[Int(text[position])] where length <= text.count - position {
                let range = position..<position + length
                guard let number = table.number(of: text.extracting(range)) else { continue }
                return (range, tokens[Int(number)])
            }
        }
        return nil
    }

    private static func isAlone(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
        let before = text.startOfCharacter(before: range.lowerBound).map { text.scalar(at: $0) }
        let behind = range.upperBound < text.count ? text.scalar(at: range.upperBound) : nil
        return !(before?.isOfWord ?? false) && !(behind?.isOfWord ?? false)
    }
}

extension Span<UInt8> {
    /// Where the character begins that ends at an offset of valid UTF-8; nil at the beginning.
    fileprivate func startOfCharacter(before offset: Int) -> Int? {
        guard offset > 0 else { return nil }
        var start = offset - 1
        while start > 0, self[start] & 0xc0 == 0x80 { start -= 1 }
        return start
    }

    fileprivate func startOfBlanks(before offset: Int) -> Int {
        var start = offset
        while let previous = startOfCharacter(before: start),
            scalar(at: previous).properties.isWhitespace
        {
            start = previous
        }
        return start
    }

    fileprivate func endOfBlanks(from offset: Int) -> Int {
        var end = offset
        while let next = TextCharacter(at: end, in: self), next.kind.isSpace { end = next.end }
        return end
    }
}

extension Unicode.Scalar {
    /// `\w` of regular expressions (UTS #18, annex C).
    fileprivate var isOfWord: Bool {
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
            return true
        default: return false
        }
    }
}
