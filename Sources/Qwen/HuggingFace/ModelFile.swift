internal import Glibc
internal import JSON
internal import Machine
internal import Texts

/// Where the files of a model are: in a directory, or in a packed file made from one.
enum ModelFolder {
    case directory(String)
    /// The parts of a packed file, by name.
    case packed(MappedFile, [String: Range<Int>])

    /// Whether there is a file of that name, or a link, wherever it leads: to read one that leads
    /// nowhere says so.
    func has(_ name: String) -> Bool {
        switch self {
        case .directory:
            var status = stat()
            return lstat(path(name), &status) == 0
        case .packed(_, let parts): return parts[name] != nil
        }
    }

    /// What errors call a file, or the folder itself.
    func path(_ name: String? = nil) -> String {
        switch self {
        case .directory(let path): name.map { "\(path)/\($0)" } ?? path
        case .packed(let file, _): name.map { "\($0) in \(file.path)" } ?? file.path
        }
    }
}

/// One of the files of a model; its errors name it and the line.
struct ModelFile: Sendable {
    /// Far more than any text has; what is read of it takes a few times as much memory.
    private static let mostTextBytes = 256 << 20

    let path: String
    let mapping: MappedFile
    /// Where in the mapped file it lies.
    private let range: Range<Int>

    /// - Throws: `MachineError` for a file that cannot be read.
    init(path: String) throws(MachineError) {
        self.path = path
        mapping = try MappedFile(path: path)
        range = mapping.bytes.indices
    }

    /// The file of that name in a folder; nil where there is none.
    init?(_ name: String, in folder: ModelFolder) throws(MachineError) {
        guard folder.has(name) else { return nil }
        path = folder.path(name)
        switch folder {
        case .directory:
            mapping = try MappedFile(path: path)
            range = mapping.bytes.indices
        case .packed(let file, let parts):
            mapping = file
            range = parts[name] ?? 0..<0
        }
    }

    /// The directory it lies in.
    var folder: ModelFolder {
        guard let slash = path.lastIndex(of: "/") else { return .directory(".") }
        return .directory(slash == path.startIndex ? "/" : String(path[..<slash]))
    }

    func invalid(line: Int? = nil, _ problem: String) -> QwenError {
        .invalidModelFile(path: path, line: line, problem: problem)
    }

    /// - Parameter problem: names the value and the remedy.
    func unusable(_ problem: String) -> QwenError {
        .unusableValue(path: path, problem: problem)
    }

    func unsupported(_ problem: String) -> QwenError {
        .unsupportedModel(path: path, problem: problem)
    }
}

// MARK: - Texts

extension ModelFile {
    /// The bytes of a text without the mark of UTF-8; valid as long as this lives.
    ///
    /// - Throws: `QwenError.invalidModelFile` for one that is too large, `.unsupportedModel` for what is
    ///   something else by its first bytes.
    func content() throws(QwenError) -> UnsafeRawBufferPointer {
        let bytes = mapping.bytes[range]
        guard bytes.count <= Self.mostTextBytes else {
            throw invalid("it has \(bytes.count) bytes")
        }
        let hasMark = bytes.starts(with: PlainText.mark)
        let content = UnsafeRawBufferPointer(
            rebasing: bytes.dropFirst(hasMark ? PlainText.mark.count : 0))
        if let kind = FileKind.name(content) { throw unsupported("it is \(kind)") }
        return content
    }

    /// - Throws: as ``content()``; `QwenError.invalidModelFile` for bytes that are not UTF-8.
    func text() throws(QwenError) -> String {
        guard let text = String(validating: try content(), as: UTF8.self) else {
            throw invalid("it is not UTF-8")
        }
        return text
    }

    /// The file as one JSON document.
    ///
    /// - Throws: as ``content()``; `QwenError.invalidModelFile`, `.unusableValue` for what a person can
    ///   mend.
    func json() throws(QwenError) -> JSON {
        let content = try content()
        do {
            return try JSONReader.read(content)
        } catch {
            if let problem = error.mendable { throw unusable(problem) }
            throw invalid(line: error.line, error.problem)
        }
    }

    /// Calls `body` with each line that is not empty, without its end, and its number from 1.
    ///
    /// - Throws: as ``content()``, and what `body` throws.
    func forEachLine(
        _ body: (Slice<UnsafeRawBufferPointer>, Int) throws(QwenError) -> Void
    ) throws(QwenError) {
        var rest = try content()[...]
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
