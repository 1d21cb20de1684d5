import Glibc

/// A file that is written from its start to its end, and whose every line is kept once it is written.
package final class OutputFile {
    package let path: String
    private let descriptor: Int32

    /// Makes a new file, whose name is kept as what is written to it is; an existing one is an error.
    package convenience init(creating path: String) throws(ReportingError) {
        try self.init(new: path)
        try DirectoryNames.sync(around: path)
    }

    /// Makes a new file that is going to have another name.
    fileprivate convenience init(new path: String) throws(ReportingError) {
        try self.init(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
    }

    /// Opens a file that exists, to write after its end.
    package convenience init(appendingTo path: String) throws(ReportingError) {
        try self.init(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    }

    private init(_ path: String, _ flags: Int32) throws(ReportingError) {
        self.path = path
        descriptor = open(path, flags, 0o644)
        if descriptor < 0 { throw .file(operation: "create", path: path, code: errno) }
    }

    deinit { close(descriptor) }

    /// Writes all of the text and waits until the disk has it.
    ///
    /// A text that does not go in whole is taken back out, so that the file ends with its last whole
    /// line.
    package func append(_ text: String) throws(ReportingError) {
        let start = lseek(descriptor, 0, SEEK_END)
        let code = write(text)
        guard code == 0 else {
            if start >= 0 { _ = ftruncate(descriptor, start) }
            throw .file(operation: "write", path: path, code: code)
        }
        // Not everything that can be written can be synced, a pipe for example.
        try DirectoryNames.sync(descriptor, path)
    }

    /// Writes until all is written; returns 0, or the errno.
    private func write(_ text: String) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                // A write of nothing without an error would repeat for ever.
                if count == 0 { return ENOSPC }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
    }
}

extension OutputFile {
    /// What a file is called while its replacement is written.
    static func temporaryName(_ path: String) -> String { path + ".tmp" }

    /// Replaces a file as a whole: a reader sees the old text or the new, never a part.
    package static func replace(_ path: String, with text: String) throws(ReportingError) {
        try replace(path) { (file) throws(ReportingError) in try file.append(text) }
    }

    /// The same for a file that `write` writes part by part.
    static func replace(
        _ path: String, write: (OutputFile) throws(ReportingError) -> Void
    ) throws(ReportingError) {
        let temporary = temporaryName(path)
        unlink(temporary)
        do throws(ReportingError) {
            try write(OutputFile(new: temporary))
        } catch {
            unlink(temporary)
            throw error
        }
        if rename(temporary, path) != 0 {
            let code = errno
            unlink(temporary)
            throw .file(operation: "replace", path: path, code: code)
        }
        try DirectoryNames.sync(around: path)
    }

    /// Takes what is behind its first bytes out of a file: a line that was cut off.
    package static func cut(_ path: String, to byteCount: Int) throws(ReportingError) {
        if truncate(path, off_t(byteCount)) != 0 {
            throw .file(operation: "truncate", path: path, code: errno)
        }
    }

    /// Replaces a file as a whole, or makes it; what is no file, such as a pipe, is written to.
    ///
    /// Links stay: the file that they lead to is replaced.
    package static func write(_ text: String, to path: String) throws(ReportingError) {
        var status = stat()
        let isThere = stat(path, &status) == 0
        guard isThere || errno == ENOENT else {
            throw .file(operation: "write", path: path, code: errno)
        }
        let file = target(of: path)
        // What is open already, such as /dev/stdout, has perhaps no name to be replaced by.
        if isThere, status.st_mode & S_IFMT != S_IFREG || file.hasPrefix("/proc/") {
            try OutputFile(appendingTo: path).append(text)
        } else {
            try replace(file, with: text)
        }
    }

    /// The path that a link leads to, whether something is there or not; one that is no link itself.
    private static func target(of path: String) -> String {
        var path = path
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        while !path.hasPrefix("/proc/") {
            let count = readlink(path, &bytes, bytes.count)
            guard count > 0 else { break }
            let target = String(
                decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            path = target.hasPrefix("/") ? target : "\(DirectoryNames.parent(of: path))/\(target)"
        }
        return path
    }
}
