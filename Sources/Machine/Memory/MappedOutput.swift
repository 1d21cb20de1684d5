import Glibc

/// A file that is written by writing to memory, and has its name only once it is whole.
package final class MappedOutput: @unchecked Sendable {
    // Sendable: who may write which part of the memory is agreed between the threads that use it;
    // `finish` is called by one of them when all are done.

    /// The first byte, zero as all others.
    package let base: UnsafeMutableRawPointer

    private let path: String
    private let temporaryPath: String
    private let byteCount: Int
    private var isFinished = false

    /// Reserves the disk space and maps it.
    ///
    /// Of a link, the file that it leads to is replaced.
    ///
    /// - Throws: `MachineError.fileNotWritten` with the system's reason, such as a full disk;
    ///   `MachineError.fileNotRegular` where something else than a file has the name.
    package init(path: String, byteCount: Int) throws(MachineError) {
        let path = Directory.resolved(path) ?? path
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw .fileNotRegular(path: path)
        }
        let temporaryPath = path + ".unfinished"
        let descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .fileNotWritten(path: path, error: .last) }
        defer { close(descriptor) }
        // Without the space, writing to a page would end the program with SIGBUS.
        let code = posix_fallocate(descriptor, 0, byteCount)
        guard code == 0 else {
            unlink(temporaryPath)
            throw .fileNotWritten(path: path, error: ErrorNumber(code))
        }
        guard
            let base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            base != MAP_FAILED
        else {
            let error = ErrorNumber.last
            unlink(temporaryPath)
            throw .fileNotWritten(path: path, error: error)
        }
        self.base = base
        self.path = path
        self.temporaryPath = temporaryPath
        self.byteCount = byteCount
    }

    /// Whether there is something under that name.
    package static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    deinit {
        munmap(base, byteCount)
        if !isFinished { unlink(temporaryPath) }
    }

    /// Gives the memory of a part back: what was written there is the page cache's to keep and to
    /// write out, and no longer counts as ours.
    ///
    /// Pages that lie partly in the range go too, and nothing written to them is lost.
    ///
    /// - Precondition: `range` lies within the file.
    package func release(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        guard !range.isEmpty else { return }
        let pageBytes = Int(getpagesize())
        let first = range.lowerBound / pageBytes * pageBytes
        madvise(base + first, range.upperBound - first, MADV_DONTNEED)
    }

    /// Waits until the disk has all of it, and gives the file its name, in place of an older one.
    package func finish() throws(MachineError) {
        guard msync(base, byteCount, MS_SYNC) == 0, rename(temporaryPath, path) == 0 else {
            throw .fileNotWritten(path: path, error: .last)
        }
        isFinished = true
        if let error = Directory.syncNames(in: Directory.parent(of: path)) {
            throw .fileNotWritten(path: path, error: error)
        }
    }
}
