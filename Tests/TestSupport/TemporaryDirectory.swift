import CLinuxShims
import Glibc

/// A directory that lives as long as this object.
package final class TemporaryDirectory {
    package let path: String

    package init() {
        let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(root)/tokenmark-test.XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer {
            $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { preconditionFailure("no temporary directory under \(root)") }
        path = made
    }

    deinit {
        _ = nftw(path, { path, _, _, _ in remove(path) }, 16, Int32(FTW_DEPTH | FTW_PHYS))
    }

    /// The path of an entry of this directory.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file of that name and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) -> String {
        write(Array(text.utf8), to: name)
    }

    /// Writes a file of that name and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) -> String {
        let path = path(name)
        let file = fopen(path, "w")
        precondition(file != nil, "cannot write \(path)")
        precondition(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        fclose(file)
        return path
    }

    /// Removes a file of this directory.
    package func removeFile(_ name: String) {
        precondition(unlink(path(name)) == 0, "there is no \(name)")
    }

    /// The text of a file of this directory; nil if there is none.
    package func read(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a file of this directory; nil if there is none.
    package func bytes(_ name: String) -> [UInt8]? {
        guard let file = fopen(path(name), "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// The names in this directory, sorted.
    package var entries: [String] { entries(of: ".") }

    /// The names in a directory below this one, sorted; none if it does not exist.
    package func entries(of name: String) -> [String] {
        guard let directory = opendir(path(name)) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = String(cString: cls_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
