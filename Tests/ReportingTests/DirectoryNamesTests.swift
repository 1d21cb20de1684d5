import Glibc
import TestSupport
import Testing

@testable import Reporting

@Suite struct DirectoryNamesTests {
    @Test(arguments: [
        ("file", "."), ("a/file", "a"), ("/file", "/"), ("/a/b/file", "/a/b"), ("a/b/", "a"),
        ("a//file", "a"), ("//file", "/"), ("/", "/"),
    ])
    func everyPathLiesInADirectory(_ path: String, _ parent: String) {
        #expect(DirectoryNames.parent(of: path) == parent)
    }

    private let directory = TemporaryDirectory()

    @Test func whatCannotBeSyncedIsNoError() throws {
        try DirectoryNames.sync(in: "/proc")
        try DirectoryNames.sync(around: directory.path("file"))
    }

    @Test func aDirectoryThatIsGoneIsAnError() {
        #expect(throws: ReportingError.file(operation: "open", path: "/no/such", code: ENOENT)) {
            try DirectoryNames.sync(around: "/no/such/file")
        }
    }
}
