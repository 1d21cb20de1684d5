/// A file for text that comes in many small parts, and is too long to hold.
package struct StreamedFile: TextOutputStream {
    private let file: OutputFile
    private var buffer = ""
    private var failure: ReportingError?

    /// How much is held before it is written.
    private static let bufferBytes = 1 << 20

    package init(_ file: OutputFile) {
        self.file = file
        buffer.reserveCapacity(Self.bufferBytes)
    }

    /// Takes a part; after a failure the rest is dropped.
    package mutating func write(_ text: String) {
        buffer += text
        if buffer.utf8.count >= Self.bufferBytes { flush() }
    }

    /// Writes what is left.
    ///
    /// - Throws: `ReportingError.file`, of this or of an earlier part.
    package mutating func finish() throws(ReportingError) {
        flush()
        if let failure { throw failure }
    }

    private mutating func flush() {
        guard failure == nil, !buffer.isEmpty else { return }
        do throws(ReportingError) {
            try file.append(buffer)
        } catch {
            failure = error
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
