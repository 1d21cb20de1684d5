import Glibc

/// The right to write into a directory of results: one process has it at a time, however it ends.
///
/// A file in the directory is locked for as long as this object lives, and names who holds it. What a
/// killed process leaves of it is in nobody's way.
package final class DirectoryLock {
    /// The name of the file, which is no part of a report.
    static let fileName = ".lock"

    /// Why others are not kept out; nil if they are.
    package private(set) var warning: String?
    private let path: String
    private let descriptor: Int32

    /// Takes the right to write into a directory that exists.
    ///
    /// Some file systems of clusters know no locks: there it goes on with a warning.
    ///
    /// - Throws: ``ReportingError/inUse(path:holder:)`` at once where another process has it;
    ///   ``ReportingError/file(operation:path:code:)``.
    package init(_ directory: String) throws(ReportingError) {
        path = "\(directory)/\(Self.fileName)"
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw .file(operation: "create", path: path, code: errno) }
            let code = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
            if code == EWOULDBLOCK {
                defer { close(descriptor) }
                throw .inUse(path: directory, holder: Self.holder(descriptor))
            }
            if code == EINTR {
                close(descriptor)
                continue
            }
            if code != 0 {
                warning =
                    "\(directory) cannot be locked (\(String(cString: strerror(code)))): see that "
                    + "nothing else writes there"
            }
            // Its last holder may have taken the file away between the two calls.
            if Self.isStill(path, descriptor) {
                self.descriptor = descriptor
                break
            }
            close(descriptor)
        }
        let holder = "process \(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = holder.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    private static func isStill(_ path: String, _ descriptor: Int32) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
            && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        return line.hasPrefix("process ") ? line : "another process"
    }
}
