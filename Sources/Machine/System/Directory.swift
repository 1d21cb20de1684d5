import CLinuxShims
import Glibc

/// Directories of the file system.
package enum Directory {
    /// Whether there is a directory at `path`, perhaps behind links.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a directory, sorted; none where it cannot be read.
    package static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = String(cString: cls_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Waits until the disk has the names of all that lies in the directory, where it can be synced;
    /// the error if the disk fails.
    static func syncNames(in path: String) -> ErrorNumber? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // Whoever may write to a directory may still not read it.
        guard descriptor >= 0 else { return errno == EACCES ? nil : .last }
        defer { close(descriptor) }
        while fsync(descriptor) != 0 {
            switch errno {
            case EINTR: continue
            case EINVAL, ENOTSUP, EROFS: return nil
            default: return .last
            }
        }
        return nil
    }

    /// The directory that `path`, which does not end in a slash, lies in.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The absolute path of a file or directory, links followed; nil where there is none.
    package static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The last part of a directory's absolute path, links followed: a name where `path` is `.`.
    package static func name(_ path: String) -> String {
        let text = resolved(path) ?? path
        return text.split(separator: "/").last.map(String.init) ?? text
    }
}
