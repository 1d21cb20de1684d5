internal import Texts

extension PlainText {
    /// The text of a file.
    ///
    /// - Parameter limit: How many bytes it may have.
    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    static func read(_ path: String, limit: Int) throws(ReportingError) -> String {
        let bytes = [UInt8](try Report.read(path, limit: limit))
        do {
            return try decode(file: bytes)
        } catch {
            throw .malformed(path: path, line: error.line, what: "\(error)")
        }
    }
}
