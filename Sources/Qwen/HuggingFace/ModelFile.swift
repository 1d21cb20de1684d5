internal import Glibc
internal import Machine
internal import Texts

/// One of the files of a Hugging Face directory; its errors name it and the line.
struct ModelFile {
    /// More JSON than any model has; what is read of it takes a few times as much memory.
    static let maximumJSONByteCount = 16 << 20

    let path: String
    let mapping: MappedFile

    /// - Throws: `MachineError` for a file that cannot be read.
    init(path: String) throws(MachineError) {
        self.path = path
        mapping = try MappedFile(path: path)
    }

    /// Whether a directory has a file of that name, or a link, wherever it leads: to read one that
    /// leads nowhere says so.
    static func exists(_ name: String, in directory: String) -> Bool {
        var status = stat()
        return lstat("\(directory)/\(name)", &status) == 0
    }

    func invalid(line: Int? = nil, _ problem: String) -> QwenError {
        .invalidModelFile(path: path, line: line, problem: problem)
    }

    func unsupported(_ problem: String) -> QwenError {
        .unsupportedModel(path: path, problem: problem)
    }

    /// The file as one JSON document.
    ///
    /// - Throws: `QwenError.invalidModelFile`; `.unusableValue` for what a person can mend.
    func json() throws(QwenError) -> JSON {
        guard mapping.bytes.count <= Self.maximumJSONByteCount else {
            throw invalid("it has \(mapping.bytes.count) bytes")
        }
        let hasMark = mapping.bytes.starts(with: PlainText.mark)
        do {
            return try JSONReader.read(
                UnsafeRawBufferPointer(
                    rebasing: mapping.bytes.dropFirst(hasMark ? PlainText.mark.count : 0)))
        } catch {
            if let kind = FileKind.name(mapping.bytes) { throw unsupported("it is \(kind)") }
            if let problem = error.mendable { throw .unusableValue(path: path, problem: problem) }
            throw invalid(line: error.line, error.problem)
        }
    }
}
