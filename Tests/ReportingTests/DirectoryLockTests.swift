import Glibc
import Reporting
import TestSupport
import Testing

struct DirectoryLockTests {
    private let directory = TemporaryDirectory()

    @Test func aSecondWriterIsRefusedByTheNameOfTheFirst() throws {
        let first = try DirectoryLock(directory.path)
        #expect(
            throws: ReportingError.inUse(path: directory.path, holder: "process \(getpid())")
        ) { try DirectoryLock(directory.path) }
        #expect(first.warning == nil)
        withExtendedLifetime(first) {}
    }

    @Test func whatIsReleasedLeavesNothingAndCanBeTaken() throws {
        for _ in 1...3 {
            let lock = try DirectoryLock(directory.path)
            #expect(directory.entries == [".lock"])
            withExtendedLifetime(lock) {}
        }
        #expect(directory.entries == [])
    }

    /// As a killed process leaves it: there, and locked by nobody.
    @Test func whatAKilledProcessLeavesIsInNobodysWay() throws {
        directory.write("process 1\n", to: ".lock")
        try ReportDirectory.checkVacant(directory.path)
        let lock = try DirectoryLock(directory.path)
        #expect(directory.read(".lock") == "process \(getpid())\n")
        withExtendedLifetime(lock) {}
    }

    @Test func aLinkIsNotFollowed() throws {
        let other = directory.write("precious", to: "note.txt")
        symlink(other, directory.path(".lock"))
        #expect(throws: ReportingError.self) { try DirectoryLock(directory.path) }
        #expect(directory.read("note.txt") == "precious")
    }
}
