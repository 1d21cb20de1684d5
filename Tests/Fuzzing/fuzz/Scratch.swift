import Glibc

/// A directory for the readers that take paths.
///
/// It stays when a finding ends the process: scripts/fuzz gives it a parent of its own.
struct Scratch {
    let path: String

    init() {
        let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(root)/tokenmark-fuzz.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary directory under \(root)") }
        path = template.withUnsafeBufferPointer { characters in
            characters.baseAddress.map { String(cString: $0) } ?? ""
        }
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes the first parts of an input to files of these names, in this order, and removes those that
    /// there is no part for.
    func write(_ input: Input, to names: String...) {
        let parts = input.parts(names.count)
        for (index, name) in names.enumerated() {
            if index < parts.count { write(parts[index], to: name) } else { unlink(path(name)) }
        }
    }

    func remove(_ name: String) { unlink(path(name)) }

    /// - Parameter byteCount: of the file, if longer than the bytes: zeros follow them.
    func write(_ bytes: UnsafeRawBufferPointer, to name: String, byteCount: Int? = nil) {
        let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { fatalError("cannot write \(path(name))") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count,
            byteCount.map({ ftruncate(descriptor, $0) == 0 }) ?? true
        else { fatalError("cannot write \(path(name))") }
    }
}
