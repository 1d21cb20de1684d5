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

    package var description: String {
        "\(String(cString: strerror(code))) (errno \(code))"
    }
}
