import Foundation
import Glibc
import Machine
import Testing

/// Mapped files whose memory is given back lose nothing.
@Suite struct ReleasedPagesTests {
    private let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("released-\(UUID().uuidString)").path
    private let byteCount = 64 * Int(getpagesize())

    /// Bytes that are present of a mapping, as the kernel tells page by page.
    private func residentBytes(at base: UnsafeRawPointer?) throws -> Int {
        let descriptor = open("/proc/self/pagemap", O_RDONLY)
        defer { close(descriptor) }
        let pageBytes = Int(getpagesize())
        var entries = [UInt64](repeating: 0, count: byteCount / pageBytes)
        let read = pread(
            descriptor, &entries, 8 * entries.count, Int(bitPattern: base) / pageBytes * 8)
        try #require(read == 8 * entries.count)
        return entries.count { $0 >> 63 == 1 } * pageBytes
    }

    @Test func whatWasReadComesBack() throws {
        defer { unlink(path) }
        let content = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try Data(content).write(to: URL(fileURLWithPath: path))
        let file = try MappedFile(path: path)
        #expect(Array(file.bytes) == content)
        #expect(try residentBytes(at: file.bytes.baseAddress) == byteCount)
        file.release(0..<0)
        #expect(try residentBytes(at: file.bytes.baseAddress) == byteCount)
        file.release(1..<byteCount)
        #expect(try residentBytes(at: file.bytes.baseAddress) == 0)
        #expect(Array(file.bytes) == content)
    }

    @Test func whatWasWrittenIsInTheFile() throws {
        defer { unlink(path) }
        let file = try MappedOutput(path: path, byteCount: byteCount)
        let bytes = UnsafeMutableRawBufferPointer(start: file.base, count: byteCount)
        for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index / 3) }
        file.release(0..<byteCount)
        #expect(try residentBytes(at: file.base) == 0)
        bytes[5] = 77
        try file.finish()
        var content = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 / 3) }
        content[5] = 77
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(content))
    }
}
