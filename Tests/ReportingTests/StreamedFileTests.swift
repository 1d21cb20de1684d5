import Glibc
import Reporting
import TestSupport
import Testing

struct StreamedFileTests {
    private let directory = TemporaryDirectory()

    @Test func manyPartsAreOneText() throws {
        var stream = StreamedFile(try OutputFile(creating: directory.path("f")))
        // More than is held at once.
        let part = String(repeating: "0123456789", count: 10_000)
        for _ in 0..<25 { stream.write(part) }
        stream.write("二")
        try stream.finish()
        #expect(directory.read("f") == String(repeating: part, count: 25) + "二")
    }

    @Test func failureIsToldAtTheEnd() throws {
        var stream = StreamedFile(try OutputFile(appendingTo: "/dev/full"))
        for _ in 0..<3 { stream.write(String(repeating: "x", count: 1 << 20)) }
        #expect(
            throws: ReportingError.file(operation: "write", path: "/dev/full", code: ENOSPC)
        ) { try stream.finish() }
    }
}
