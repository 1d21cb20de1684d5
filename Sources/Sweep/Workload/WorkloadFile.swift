import Glibc
import Texts

/// The files that describe a workload: how they are read, and their lines.
enum WorkloadFile {
    /// The bytes of a file, of which there may be `limit`.
    static func bytes(_ path: String, limit: Int) throws(WorkloadError) -> [UInt8] {
        func refused(_ operation: String) -> WorkloadError {
            let reason = String(cString: strerror(errno))
            return .file(
                path: path, line: nil, problem: "cannot \(operation) it: \(reason)",
                remedy: "check the path and its permissions")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refused("open") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw refused("read")
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw .file(
                    path: path, line: nil, problem: "the file has more than \(limit) bytes",
                    remedy: "give a part of it")
            }
        }
    }

    /// The text of a file.
    static func text(_ bytes: [UInt8], path: String) throws(WorkloadError) -> String {
        do {
            return try PlainText.decode(file: bytes)
        } catch {
            throw .file(
                path: path, line: error.line, problem: error.problem, remedy: error.remedy)
        }
    }

    /// The lines that are not blank, without blanks around them, by their numbers from 1.
    static func lines(_ text: String) -> some Sequence<(number: Int, text: Substring)> {
        // Of bytes: a line end of Windows is one Character.
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated().lazy
            .map { (number: $0.offset + 1, text: trimmed(Substring($0.element))) }
            .filter { !$0.text.isEmpty }
    }

    /// A text without white space around it.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// The beginning of what a file has, for an error message.
    static func shown(_ text: Substring) -> String {
        // What is shown goes to a terminal.
        let shown = text.unicodeScalars.prefix(40).map { scalar -> Character in
            let isVisible =
                scalar.properties.generalCategory != .control
                && !scalar.properties.isDefaultIgnorableCodePoint
            return isVisible ? Character(scalar) : " "
        }
        return String(shown) + (text.unicodeScalars.count > 40 ? "…" : "")
    }
}
