/// Turns tokens into text as they come, holding back bytes until they are whole characters.
package struct IncrementalDecoder {
    private let tokenizer: Tokenizer
    private var pending: [UInt8] = []

    package init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
    }

    /// The text that is complete with this token; may be empty.
    ///
    /// - Throws: `QwenError.unknownToken`.
    package mutating func append(_ token: Int) throws(QwenError) -> String {
        pending += try tokenizer.bytes(of: token)
        let complete = pending.count - Self.unfinishedCount(pending)
        let text = String(decoding: pending[..<complete], as: UTF8.self)
        pending.removeFirst(complete)
        return text
    }

    /// What is left, with U+FFFD for a character that was cut off.
    package mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that is not whole yet.
    private static func unfinishedCount(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let byte = bytes[bytes.count - length]
            if byte & 0xc0 == 0x80 { continue }
            let needed =
                byte & 0xe0 == 0xc0 ? 2 : byte & 0xf0 == 0xe0 ? 3 : byte & 0xf8 == 0xf0 ? 4 : 1
            return needed > length ? length : 0
        }
        return 0
    }
}
