internal import Glibc
internal import Suite
internal import Texts

enum StandardInput {
    private static let stream = ByteStream(descriptor: STDIN_FILENO, name: "standard input")

    /// Everything up to the end of standard input.
    ///
    /// - Parameter isFile: whether another file than a text is refused by what it is.
    /// - Throws: `UsageError` for what cannot be read, and for bytes that are no text.
    static func readAll(isFile: Bool = false, limit: Int = .max) throws(UsageError) -> String {
        let bytes = try stream.readAll(limit: limit)
        return isFile
            ? try PlainText.of(file: bytes, from: stream.name)
            : try PlainText.of(bytes, from: stream.name)
    }

    /// The lines of standard input as they come, which nothing else reads then.
    ///
    /// UTF-16 with its mark is read to its end first.
    final class Lines {
        /// What was read and not given.
        private var pending: ArraySlice<UInt8> = []
        private var isAtEnd = false
        /// How many were given.
        private var count = 0

        /// The next line without its end; nil behind the last.
        ///
        /// - Throws: `UsageError` for what cannot be read, and for bytes that are no text.
        func next() throws(UsageError) -> String? {
            if count == 0 { try begin() }
            guard let bytes = try nextBytes() else { return nil }
            count += 1
            do {
                return try PlainText.decode(Array(bytes))
            } catch {
                throw UsageError("line \(count) of standard input: \(error)")
            }
        }

        private func begin() throws(UsageError) {
            repeat { try readMore() } while !isAtEnd && (pending == [0xFF] || pending == [0xFE])
            guard PlainText.isUTF16(Array(pending)) else { return }
            while !isAtEnd { try readMore() }
            pending = ArraySlice(
                try PlainText.of(Array(pending), from: StandardInput.stream.name).utf8)
        }

        private func nextBytes() throws(UsageError) -> ArraySlice<UInt8>? {
            var searched = pending.startIndex
            while true {
                let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n"))
                if let end {
                    defer { pending = pending[(end + 1)...] }
                    return pending[..<end]
                }
                if isAtEnd {
                    defer { pending = [] }
                    return pending.isEmpty ? nil : pending
                }
                searched = pending.endIndex
                try readMore()
            }
        }

        private func readMore() throws(UsageError) {
            let more = try StandardInput.stream.next()
            isAtEnd = more.isEmpty
            pending += more
        }
    }
}
