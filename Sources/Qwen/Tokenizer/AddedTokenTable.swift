/// Finds added tokens in text: the leftmost, and there the longest.
struct AddedTokenTable: Sendable {
    private let tokens: [AddedToken]
    private let table: ByteStringTable
    /// The lengths of the tokens that begin with each byte, the longest first.
    private let lengths: [[Int]]

    /// - Parameter tokens: each text once.
    init(_ tokens: [AddedToken]) throws(ByteStringTable.Duplicate) {
        self.tokens = tokens
        var strings = ByteStrings()
        var lengths = [[Int]](repeating: [], count: 256)
        for token in tokens {
            let bytes = Array(token.text.utf8)
            strings.append(bytes)
            guard let first = bytes.first.map({ Int($0) }) else { continue }
            if !lengths[first].contains(bytes.count) { lengths[first].append(bytes.count) }
            lengths[first].sort(by: >)
        }
        table = try ByteStringTable(strings)
        self.lengths = lengths
    }

    /// The first token at or after `start`.
    ///
    /// - Parameter takesSpecials: whether special ones count.
    func first(
        in text: Span<UInt8>, from start: Int, takesSpecials: Bool
    ) -> (range: Range<Int>, id: Int)? {
        guard tokens.contains(where: { takesSpecials || !$0.isSpecial }) else { return nil }
        for position in start..<text.count {
            for length in lengths[Int(text[position])] where length <= text.count - position {
                let range = position..<position + length
                guard let number = table.number(of: text.extracting(range)) else { continue }
                let token = tokens[Int(number)]
                if takesSpecials || !token.isSpecial { return (range, token.id) }
            }
        }
        return nil
    }
}
