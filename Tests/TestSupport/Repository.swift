import CLinuxShims
import Glibc

/// The files of this repository that tests read in place.
package enum Repository {
    /// The path of a file below the root.
    package static func path(_ name: String) -> String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/") + "/" + name
    }

    /// The text of a file; nil if there is none.
    package static func text(_ name: String) -> String? {
        guard let file = fopen(path(name), "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    /// The names in a folder, sorted.
    package static func entries(_ name: String) -> [String] {
        guard let directory = opendir(path(name)) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = String(cString: cls_entry_name(entry))
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
