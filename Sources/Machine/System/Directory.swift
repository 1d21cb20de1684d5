import Glibc

/// Directories of the file system.
package enum Directory {
    /// Whether there is a directory at `path`, perhaps behind links.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The last part of a directory's absolute path, links followed: a name where `path` is `.`.
    package static func name(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        let text = String(cString: resolved)
        return text.split(separator: "/").last.map(String.init) ?? text
    }
}
