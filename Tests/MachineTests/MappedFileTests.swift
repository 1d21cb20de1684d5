import Foundation
import Glibc
import Machine
import Testing

@Suite struct MappedFileTests {
    /// A path in the temporary directory that nothing else uses.
    private func freshPath() -> String {
        FileManager.default.temporaryDirectory
            .appendingPathComponent("mapped-file-\(UUID().uuidString)").path
    }

    private func withFile<Result>(
        _ content: String, _ body: (String) throws -> Result
    ) throws -> Result {
        let path = freshPath()
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        return try body(path)
    }

    @Test func bytesAreTheContent() throws {
        try withFile("tokenmark") { path in
            let file = try MappedFile(path: path)
            for advice in [MappedFile.Advice.willNeed, .sequential, .random] {
                file.advise(advice)
            }
            #expect(file.path == path)
            #expect(Array(file.bytes) == Array("tokenmark".utf8))
        }
    }

    @Test func contentOutlivesTheName() throws {
        let file = try withFile("still here") { try MappedFile(path: $0) }
        #expect(Array(file.bytes) == Array("still here".utf8))
    }

    @Test func missingFileIsNamedWithTheReason() {
        let path = freshPath()
        let error = #expect(throws: MachineError.self) { try MappedFile(path: path) }
        #expect(error == .fileNotOpened(path: path, error: ErrorNumber(ENOENT)))
        #expect(error?.description.hasPrefix("\(path): No such file or directory") == true)
    }

    @Test(arguments: ["/", "/dev/null"])
    func whatIsNoRegularFileIsRefused(path: String) {
        #expect(throws: MachineError.fileNotRegular(path: path)) { try MappedFile(path: path) }
    }

    /// Opening a pipe without a writer waits for one unless told otherwise.
    @Test func namedPipeIsRefusedWithoutWaiting() {
        let path = freshPath()
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect(throws: MachineError.fileNotRegular(path: path)) { try MappedFile(path: path) }
    }

    @Test func emptyFileIsRefused() throws {
        try withFile("") { path in
            let empty = MachineError.fileEmpty(path: path)
            _ = #expect(throws: empty) { try MappedFile(path: path) }
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func unreadableFileIsRefusedWithTheReason() throws {
        try withFile("secret") { path in
            chmod(path, 0)
            let refused = MachineError.fileNotOpened(path: path, error: ErrorNumber(EACCES))
            _ = #expect(throws: refused) { try MappedFile(path: path) }
        }
    }

    @Test func pathWithZeroByteNamesNoOtherFile() throws {
        try withFile("content") { path in
            let cut = path + "\0.gguf"
            let refused = MachineError.fileNotOpened(path: cut, error: ErrorNumber(EINVAL))
            _ = #expect(throws: refused) { try MappedFile(path: cut) }
        }
    }

    @Test func aLinkThatLeadsNowhereIsSaidToBeOne() {
        let path = freshPath()
        symlink("\(path)-blob", path)
        defer { unlink(path) }
        #expect(throws: MachineError.linkLeadsNowhere(path: path)) { try MappedFile(path: path) }
    }

    @Test func onlyAFileIsReplaced() throws {
        let path = freshPath()
        mkfifo(path, 0o600)
        defer { unlink(path) }
        #expect(throws: MachineError.fileNotRegular(path: path)) {
            try MappedOutput(path: path, byteCount: 1)
        }
        try withFile("old") { file in
            let link = freshPath()
            symlink(file, link)
            defer { unlink(link) }
            let output = try MappedOutput(path: link, byteCount: 1)
            output.base.storeBytes(of: UInt8(ascii: "n"), as: UInt8.self)
            try output.finish()
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "n")
            var status = stat()
            #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        }
    }
}
