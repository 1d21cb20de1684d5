internal import JSON
internal import Qwen
internal import Suite

/// Texts as JSON strings, one a line: so that a text may have ends of lines in it.
enum TextLines {
    /// - Throws: `UsageError` naming the line.
    static func read(_ input: String) throws -> [String] {
        try input.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
            .filter { !$0.element.isEmpty }
            .map { index, line in
                let json = try? Array(line).withUnsafeBytes { try JSONReader.read($0) }
                guard let text = json?.string else {
                    throw UsageError("line \(index + 1) of the texts is not a JSON string")
                }
                return text
            }
    }
}
