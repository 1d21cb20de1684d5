import Glibc

/// A file that is written from front to back.
package final class OutputFile {
    private let descriptor: Int32
    /// What errors call it.
    private let finalPath: String

    init(path: String, finalPath: String) throws(MachineError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .fileNotWritten(path: finalPath, error: .last) }
        self.finalPath = finalPath
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// - Throws: `MachineError.fileNotWritten` with the system's reason, such as a full disk.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(MachineError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .fileNotWritten(path: finalPath, error: .last) }
            rest = rest.dropFirst(count)
        }
    }

    /// - Throws: `MachineError.fileNotWritten`.
    package func write(_ bytes: [UInt8]) throws(MachineError) {
        // A closure would make the error an untyped one.
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(MachineError) in try write(bytes) }
        }
        try result.get()
    }

    /// Waits until the disk has all of it.
    ///
    /// - Throws: `MachineError.fileNotWritten`.
    package func finish() throws(MachineError) {
        while fsync(descriptor) != 0 {
            guard errno == EINTR else { throw .fileNotWritten(path: finalPath, error: .last) }
        }
    }
}
