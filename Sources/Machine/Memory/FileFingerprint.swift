import Basics
import Glibc

/// A mark of what a file holds, made in milliseconds: files with different marks differ.
///
/// Up to 128 MiB every byte counts. Of a larger file the first MiB counts, where formats keep their
/// headers, 1024 pages spread evenly over the rest, the size, and, because what lies between them is
/// not read, the time of the last change.
package struct FileFingerprint: Equatable, Sendable {
    /// Any change of one 8-byte word that was read changes it.
    package let value: UInt64

    private static let mostWholeBytes = 128 << 20
    private static let headerBytes = 1 << 20
    private static let sampledPages = 1024
    private static let pageBytes = 4096

    /// Reads the file.
    ///
    /// - Throws: `MachineError.fileNotOpened` with the system's reason.
    package init(path: String) throws(MachineError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .fileNotOpened(path: path, error: .last) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .fileNotOpened(path: path, error: .last)
        }
        let size = Int(status.st_size)
        var mark = WordMark()
        mark.add(UInt64(truncatingIfNeeded: size))
        if size <= Self.mostWholeBytes {
            try mark.add(descriptor, path, from: 0, count: size)
        } else {
            try mark.add(descriptor, path, from: 0, count: Self.headerBytes)
            let rest = size - Self.headerBytes - Self.pageBytes
            for page in 0..<Self.sampledPages {
                // The last one ends where the file does.
                let offset = Self.headerBytes + rest / (Self.sampledPages - 1) * page
                try mark.add(
                    descriptor, path,
                    from: page == Self.sampledPages - 1 ? size - Self.pageBytes : offset,
                    count: Self.pageBytes)
            }
            mark.add(UInt64(truncatingIfNeeded: status.st_mtim.tv_sec))
            mark.add(UInt64(truncatingIfNeeded: status.st_mtim.tv_nsec))
        }
        value = mark.value
    }
}

/// FNV-1a over words of 8 bytes in four lanes, which keep the multipliers busy.
private struct WordMark {
    /// They begin with the halves of the offset basis in another order.
    private var lanes: SIMD4<UInt64> = SIMD4(
        FNV1a.offsetBasis, 0x8422_2325_CBF2_9CE4, 0x9CE4_8422_2325_CBF2, 0x2325_CBF2_9CE4_8422)
    private static let chunkBytes = 1 << 20

    /// The lanes, folded into one.
    var value: UInt64 {
        var result = lanes[0]
        for lane in 1..<4 { result = (result ^ lanes[lane]) &* FNV1a.prime }
        // The high bits of a product know of all bits below them, the low ones do not.
        return result ^ (result >> 32)
    }

    mutating func add(_ word: UInt64) {
        lanes[0] = (lanes[0] ^ word) &* FNV1a.prime
    }

    /// Adds `count` bytes of a file from `offset` on, or what there is of them.
    mutating func add(
        _ descriptor: Int32, _ path: String, from offset: Int, count: Int
    ) throws(MachineError) {
        // Room for a group of four words behind the last byte.
        var words = [UInt64](repeating: 0, count: min(count, Self.chunkBytes) / 8 + 5)
        var done = 0
        while done < count {
            let wanted = min(count - done, Self.chunkBytes)
            let got = words.withUnsafeMutableBytes { bytes in
                let got = pread(descriptor, bytes.baseAddress, wanted, off_t(offset + done))
                // What an earlier read left behind the end is none of this one's.
                if got > 0 {
                    for index in got..<min(got + 32, bytes.count) { bytes[index] = 0 }
                }
                return got
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw .fileNotOpened(path: path, error: .last)
            }
            if got == 0 { return }
            let prime = SIMD4(repeating: FNV1a.prime)
            for group in stride(from: 0, to: (got + 7) / 8, by: 4) {
                let next = SIMD4(words[group], words[group + 1], words[group + 2], words[group + 3])
                lanes = (lanes ^ next) &* prime
            }
            done += got
        }
    }
}
