import Glibc
import Reporting
import TestSupport
import Testing

struct OutputFileTests {
    private let directory = TemporaryDirectory()

    @Test func textsFollowEachOther() throws {
        let file = try OutputFile(creating: directory.path("f"))
        try file.append("one\n")
        try file.append("")
        try file.append("zwei 二\n")
        #expect(directory.read("f") == "one\nzwei 二\n")
    }

    @Test func existingFileIsNeverOverwritten() {
        let path = directory.write("old", to: "f")
        #expect(throws: ReportingError.file(operation: "create", path: path, code: EEXIST)) {
            try OutputFile(creating: path)
        }
        #expect(directory.read("f") == "old")
    }

    @Test func fullDeviceIsAnErrorWithPathAndCause() throws {
        let file = try OutputFile(appendingTo: "/dev/full")
        #expect(
            throws: ReportingError.file(operation: "write", path: "/dev/full", code: ENOSPC)
        ) { try file.append("x") }
    }

    @Test func missingDirectoryIsAnError() {
        let path = directory.path("none/f")
        #expect(throws: ReportingError.file(operation: "create", path: path, code: ENOENT)) {
            try OutputFile(creating: path)
        }
    }

    @Test func whatIsNoFileIsWrittenToAndStays() throws {
        let path = directory.path("pipe")
        mkfifo(path, 0o600)
        // Opened for both, so that neither side waits for the other.
        let reader = open(path, O_RDWR)
        defer { close(reader) }
        try OutputFile.write("text", to: path)
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(read(reader, &bytes, bytes.count) == 4)
        #expect(String(decoding: bytes[..<4], as: UTF8.self) == "text")
        #expect(directory.entries == ["pipe"])
    }

    @Test func fileIsReplacedOrMade() throws {
        let path = directory.path("f")
        try OutputFile.write("a long old text", to: path)
        try OutputFile.write("new", to: path)
        #expect(directory.read("f") == "new")
    }

    @Test func replacingLeavesOnlyTheNewText() throws {
        let path = directory.write("a long old text", to: "f")
        try OutputFile.replace(path, with: "new")
        #expect(directory.read("f") == "new")
        #expect(directory.entries == ["f"])
    }

    @Test func replacingThatFailsKeepsTheOld() throws {
        mkdir(directory.path("f"), 0o755)
        directory.write("inside", to: "f/x")
        #expect(throws: ReportingError.self) {
            try OutputFile.replace(directory.path("f"), with: "new")
        }
        #expect(directory.entries == ["f"])
        #expect(directory.read("f/x") == "inside")
    }

    @Test func aLinkStaysAndItsFileIsReplaced() throws {
        directory.write("a long old text", to: "f")
        symlink("f", directory.path("link"))
        symlink(directory.path("link"), directory.path("second"))
        try OutputFile.write("new", to: directory.path("second"))
        #expect(directory.read("f") == "new")
        // One whose file is not there yet makes it.
        symlink("later", directory.path("early"))
        try OutputFile.write("text", to: directory.path("early"))
        #expect(directory.entries == ["early", "f", "later", "link", "second"])
        var status = stat()
        for name in ["early", "link", "second"] {
            #expect(lstat(directory.path(name), &status) == 0)
            #expect(status.st_mode & S_IFMT == S_IFLNK)
        }
        #expect(directory.read("later") == "text")
    }

    @Test func linksThatLeadInARingAreRefused() {
        symlink("b", directory.path("a"))
        symlink("a", directory.path("b"))
        let path = directory.path("a")
        #expect(throws: ReportingError.file(operation: "write", path: path, code: ELOOP)) {
            try OutputFile.write("text", to: path)
        }
    }
}
