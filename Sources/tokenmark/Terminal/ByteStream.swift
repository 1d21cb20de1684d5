internal import Glibc
internal import Suite
internal import Texts

/// A file, pipe or terminal that is open, read from front to back.
struct ByteStream {
    let descriptor: Int32
    /// What errors call it.
    let name: String

    /// What is there of the next bytes; none at the end.
    ///
    /// - Throws: `UsageError` with the system's reason.
    func next() throws(UsageError) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count >= 0 { return Array(chunk[..<count]) }
            guard errno == EINTR else { throw Self.unreadable(name) }
        }
    }

    /// Everything up to the end.
    ///
    /// - Throws: `UsageError` for what cannot be read, or has more bytes than `limit`.
    func readAll(limit: Int = .max) throws(UsageError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try next()
            if more.isEmpty { return bytes }
            bytes += more
            guard bytes.count <= limit else {
                throw UsageError("\(name) has more than \(limit) bytes; give a shorter text")
            }
        }
    }

    /// The text in a file or pipe.
    ///
    /// - Parameters:
    ///   - limit: how many bytes it may have.
    ///   - name: what errors call it.
    static func text(of path: String, limit: Int, name: String) throws(UsageError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(name) }
        defer { close(descriptor) }
        let bytes = try ByteStream(descriptor: descriptor, name: name).readAll(limit: limit)
        return try PlainText.of(file: bytes, from: name)
    }

    private static func unreadable(_ name: String) -> UsageError {
        UsageError(
            "\(name) cannot be read: \(String(cString: strerror(errno))); give a file or pipe")
    }
}
