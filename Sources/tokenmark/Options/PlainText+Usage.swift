internal import Suite
internal import Texts

extension PlainText {
    /// The text that a user gave.
    ///
    /// - Parameter source: where it is from, for the message.
    /// - Throws: `UsageError` naming source and line.
    static func of(_ bytes: [UInt8], from source: String) throws(UsageError) -> String {
        do {
            return try decode(bytes)
        } catch {
            throw UsageError("\(source), line \(error.line): \(error)")
        }
    }

    /// The text of a file that a user gave.
    ///
    /// - Throws: `UsageError` for another file, too.
    static func of(file bytes: [UInt8], from source: String) throws(UsageError) -> String {
        do {
            return try decode(file: bytes)
        } catch {
            throw UsageError("\(source), line \(error.line): \(error)")
        }
    }
}
