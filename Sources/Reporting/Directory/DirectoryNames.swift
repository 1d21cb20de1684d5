import Glibc

/// The names in a directory, which outlive a power failure only once the directory is synced too.
enum DirectoryNames {
    /// Waits until the disk has the names of all that lies in `directory`.
    ///
    /// - Throws: `ReportingError.file` where the disk fails, not where a directory cannot be synced.
    static func sync(in directory: String) throws(ReportingError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // Whoever may write to a directory may still not read it.
            if errno == EACCES { return }
            throw .file(operation: "open", path: directory, code: errno)
        }
        defer { close(descriptor) }
        try sync(descriptor, directory)
    }

    /// The same for the directory that `path` lies in.
    static func sync(around path: String) throws(ReportingError) {
        try sync(in: parent(of: path))
    }

    /// Waits until the disk has what is open as `descriptor`, if it is something that can be synced.
    static func sync(_ descriptor: Int32, _ path: String) throws(ReportingError) {
        while fsync(descriptor) != 0 {
            switch errno {
            case EINTR: continue
            case EINVAL, ENOTSUP, EROFS: return
            default: throw .file(operation: "sync", path: path, code: errno)
            }
        }
    }

    static func parent(of path: String) -> String {
        guard let name = path.lastIndex(where: { $0 != "/" }) else { return "/" }
        guard let slash = path[..<name].lastIndex(of: "/") else { return "." }
        let end = path[..<slash].lastIndex { $0 != "/" }
        return end.map { String(path[...$0]) } ?? "/"
    }
}
