internal import Glibc

/// What a command printed did not arrive, or not all of it.
struct OutputLost: Error, CustomStringConvertible {
    /// The errno.
    let code: Int32

    var description: String { "cannot write to stdout: \(String(cString: strerror(code)))" }
}
