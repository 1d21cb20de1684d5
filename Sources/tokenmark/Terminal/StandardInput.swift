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
}
