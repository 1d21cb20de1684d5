internal import Glibc
internal import Reporting

enum StandardInput {
    /// Everything up to the end of standard input.
    ///
    /// - Throws: `UsageError` for bytes that are no text.
    static func readAll() throws(UsageError) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return try PlainText.of(bytes, from: "standard input") }
            bytes += chunk[..<count]
        }
    }

    /// The lines of standard input as they come, which nothing else reads then.
    final class Lines {
        private let stream = fdopen(STDIN_FILENO, "r")
        /// How many were read.
        private var count = 0

        /// The next line without its end; nil behind the last.
        ///
        /// - Throws: `UsageError` for bytes that are no text.
        func next() throws(UsageError) -> String? {
            guard let stream else { return nil }
            var line: UnsafeMutablePointer<CChar>?
            var capacity = 0
            let length = getline(&line, &capacity, stream)
            defer { free(line) }
            guard length >= 0 else { return nil }
            count += 1
            let bytes = [UInt8](UnsafeRawBufferPointer(start: line, count: length))
            let content = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
            do {
                return try PlainText.decode(Array(content))
            } catch {
                throw UsageError("line \(count) of standard input: \(error)")
            }
        }
    }
}
