internal import Machine
internal import Texts

/// One of the files of a tokenizer; its errors name it and the line.
struct TokenizerFile {
    /// Far more than any has; what is read of it takes a few times as much memory.
    private static let maximumByteCount = 256 << 20

    let path: String
    private let mapping: MappedFile
    /// Where in the mapped file it lies, without the mark of UTF-8.
    private let range: Range<Int>

    /// - Throws: `MachineError` for a file that cannot be read, `QwenError.invalidTokenizerFile`
    ///   for one that is too large, `.unsupportedTokenizer` for one that is something else.
    init(path: String) throws {
        self.path = path
        mapping = try MappedFile(path: path)
        range = Self.withoutMark(mapping.bytes.indices, of: mapping)
        try check()
    }

    /// The file of that name in a folder; nil where there is none.
    init?(_ name: String, in folder: ModelFolder) throws {
        guard folder.has(name) else { return nil }
        path = folder.path(name)
        switch folder {
        case .directory:
            mapping = try MappedFile(path: path)
            range = Self.withoutMark(mapping.bytes.indices, of: mapping)
        case .packed(let file, let parts):
            mapping = file
            range = Self.withoutMark(parts[name] ?? 0..<0, of: file)
        }
        try check()
    }

    private static func withoutMark(_ range: Range<Int>, of file: MappedFile) -> Range<Int> {
        let hasMark = file.bytes[range].starts(with: PlainText.mark)
        return hasMark ? range.dropFirst(PlainText.mark.count) : range
    }

    private func check() throws(QwenError) {
        guard range.count <= Self.maximumByteCount else {
            throw invalid(line: nil, "it has \(range.count) bytes")
        }
        if let kind = FileKind.name(bytes) { throw unsupported("it is \(kind)") }
    }

    /// The content; valid as long as this lives.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: mapping.bytes[range]) }

    /// The directory it lies in.
    var folder: ModelFolder {
        guard let slash = path.lastIndex(of: "/") else { return .directory(".") }
        return .directory(slash == path.startIndex ? "/" : String(path[..<slash]))
    }

    func invalid(line: Int? = nil, _ problem: String) -> QwenError {
        .invalidTokenizerFile(path: path, line: line, problem: problem)
    }

    /// - Parameter problem: names the value and the remedy.
    func unusable(_ problem: String) -> QwenError {
        .unusableValue(path: path, problem: problem)
    }

    func unsupported(_ problem: String) -> QwenError {
        .unsupportedTokenizer(path: path, problem: problem)
    }

    /// - Throws: `QwenError.invalidTokenizerFile` for bytes that are not UTF-8.
    func text() throws(QwenError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw invalid("it is not UTF-8")
        }
        return text
    }

    /// - Throws: `QwenError.invalidTokenizerFile`; `.unusableValue` for what a person can mend.
    func json() throws(QwenError) -> JSON {
        do {
            return try JSONReader.read(bytes)
        } catch {
            if let problem = error.mendable { throw unusable(problem) }
            throw invalid(line: error.line, error.problem)
        }
    }

    /// Calls `body` with each line that is not empty, without its end, and its number from 1.
    func forEachLine(
        _ body: (Slice<UnsafeRawBufferPointer>, Int) throws(QwenError) -> Void
    ) throws(QwenError) {
        var rest = bytes[...]
        var number = 0
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            var line = rest[..<end]
            rest = rest[end...].dropFirst()
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if !line.isEmpty { try body(line, number) }
        }
    }
}
