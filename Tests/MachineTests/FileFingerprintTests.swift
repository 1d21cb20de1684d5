import Glibc
import Machine
import TestSupport
import Testing

struct FileFingerprintTests {
    private let directory = TemporaryDirectory()

    private func mark(_ bytes: [UInt8]) throws -> UInt64 {
        try FileFingerprint(path: directory.write(bytes, to: "file")).value
    }

    /// Reports and their directories have these numbers.
    @Test func theMarkStaysWhatItWas() throws {
        #expect(try mark(Array("foobar".utf8)) == 0x729c_9052_7216_e9c9)
        #expect(try mark(Array(0..<200)) == 0x6ba2_f095_5724_3a1e)
    }

    @Test(arguments: [1, 7, 8, 9, 31, 32, 33, 4096, (1 << 20) - 1, (1 << 20) + 5])
    func everyByteOfASmallFileCounts(_ count: Int) throws {
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let before = try mark(bytes)
        #expect(try mark(bytes) == before)
        for place in [0, count / 2, count - 1] {
            bytes[place] ^= 0x80
            #expect(try mark(bytes) != before)
            bytes[place] ^= 0x80
        }
        #expect(try mark(bytes + [0]) != before)
    }

    /// 200 MiB without a block on the disk.
    @Test func aLargeFileIsMarkedByItsHeaderItsPagesAndItsTime() throws {
        let path = directory.write("header", to: "large")
        #expect(truncate(path, 200 << 20) == 0)
        var times = [timespec(tv_sec: 1000, tv_nsec: 5), timespec(tv_sec: 1000, tv_nsec: 5)]
        #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
        let before = try FileFingerprint(path: path)
        #expect(try FileFingerprint(path: path) == before)

        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        for offset in [5, 200 << 20 - 1] {
            #expect(pwrite(descriptor, "x", 1, off_t(offset)) == 1)
            utimensat(AT_FDCWD, path, &times, 0)
            #expect(try FileFingerprint(path: path) != before)
            #expect(pwrite(descriptor, offset == 5 ? "r" : "\0", 1, off_t(offset)) == 1)
            utimensat(AT_FDCWD, path, &times, 0)
            #expect(try FileFingerprint(path: path) == before)
        }
        times[1].tv_nsec = 6
        utimensat(AT_FDCWD, path, &times, 0)
        #expect(try FileFingerprint(path: path) != before)
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: MachineError.self) { try FileFingerprint(path: directory.path("none")) }
    }
}
