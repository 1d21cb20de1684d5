import Glibc

/// An `errno` value and its text, as system calls report it.
package struct ErrorNumber: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The value, `EACCES` and the like.
    package let code: Int32

    package init(_ code: Int32) {
        self.code = code
    }

    /// The `errno` of the calling thread; read it before anything else can overwrite it.
    static var last: ErrorNumber { ErrorNumber(errno) }

    /// Whether the call is forbidden here whatever its arguments, as by the seccomp filter of a
    /// container.
    package var saysNotPermitted: Bool { code == EPERM || code == ENOSYS }

    package var description: String {
        "\(String(cString: strerror(code))) (errno \(code))"
    }
}
