import CLinuxShims
import Glibc

/// A file that is read by mapping it, without copying.
///
/// A file that another process shortens while it is mapped ends this one with `SIGBUS` when the
/// missing part is read; the operating system offers no other way to learn of it.
package final class MappedFile: @unchecked Sendable {
    // Sendable: all properties are constants and the mapping is read-only.

    /// How the bytes are going to be read.
    package enum Advice: Sendable {
        /// All of them soon: read ahead now.
        case willNeed
        /// From front to back: read ahead much.
        case sequential
        /// Here and there: do not read ahead.
        case random
    }

    /// The path by which the file was opened.
    package let path: String
    /// The content; valid as long as this object lives.
    package let bytes: UnsafeRawBufferPointer

    /// Maps the file at `path`.
    ///
    /// - Throws: `MachineError.fileNotOpened` with the system's reason,
    ///   `MachineError.linkLeadsNowhere`, `MachineError.fileNotRegular` and `MachineError.fileEmpty`.
    package init(path: String) throws(MachineError) {
        // A path with a zero byte would be cut there and name another file.
        guard !path.utf8.contains(0) else {
            throw .fileNotOpened(path: path, error: ErrorNumber(EINVAL))
        }
        // Without O_NONBLOCK, opening a named pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let error = ErrorNumber.last
            var link = stat()
            if error.code == ENOENT, lstat(path, &link) == 0 { throw .linkLeadsNowhere(path: path) }
            throw .fileNotOpened(path: path, error: error)
        }
        // The mapping keeps the file by itself.
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .fileNotOpened(path: path, error: .last)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .fileNotRegular(path: path)
        }
        guard status.st_size > 0 else {
            throw .fileEmpty(path: path)
        }
        let byteCount = Int(status.st_size)
        guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
            base != MAP_FAILED
        else {
            throw .fileNotOpened(path: path, error: .last)
        }
        self.path = path
        self.bytes = UnsafeRawBufferPointer(start: base, count: byteCount)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }

    /// Makes the pages of a part present now, reading the file where the page cache lacks it.
    ///
    /// - Throws: `MachineError.memoryRefused`.
    /// - Precondition: `range` lies within the file.
    package func populate(_ range: Range<Int>) throws(MachineError) {
        precondition(bytes.indices ~= range.lowerBound && range.upperBound <= bytes.count)
        let pageBytes = Int(getpagesize())
        let first = range.lowerBound / pageBytes * pageBytes
        guard let base = bytes.baseAddress else { return }
        let code = cls_populate_read(base + first, range.upperBound - first, pageBytes)
        guard code == 0 else {
            throw .memoryRefused(byteCount: range.count, error: ErrorNumber(code))
        }
    }

    /// Gives the memory of a part back: its pages are read again when they are next touched.
    ///
    /// Pages that lie partly in the range go too; whoever reads them at that moment finds them again.
    ///
    /// - Precondition: `range` lies within the file.
    package func release(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        guard !range.isEmpty, let base = bytes.baseAddress else { return }
        let pageBytes = Int(getpagesize())
        let first = range.lowerBound / pageBytes * pageBytes
        madvise(
            UnsafeMutableRawPointer(mutating: base + first), range.upperBound - first, MADV_DONTNEED
        )
    }

    /// Tells the kernel how the bytes are going to be read; it may ignore that.
    package func advise(_ advice: Advice) {
        let code =
            switch advice {
            case .willNeed: MADV_WILLNEED
            case .sequential: MADV_SEQUENTIAL
            case .random: MADV_RANDOM
            }
        madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, code)
    }
}
