import Foundation
import TestSupport
import Testing

/// The version of the program, and of the checkout that it was built from.
@Suite(.enabled("there is no git") { try shell("git --version", in: "/").status == 0 })
struct VersionTests {
    @Test func whatTheScriptSaysOfACheckoutFollowsItsTags() throws {
        let checkout = TemporaryDirectory()
        func version(after commands: String) throws -> String {
            let setUp = try shell(commands, in: checkout.path)
            try #require(setUp.status == 0, "\(setUp.output)")
            let script = Repository.path("scripts/revision")
            return try shell("sh '\(script)' .", in: checkout.path).output
        }
        let git = "git -c user.name=a -c user.email=a@b"
        let commit = "\(git) commit -qm change --no-gpg-sign"
        #expect(try version(after: "echo 1 >Package.swift") == "0.1.0\n")
        #expect(try version(after: "git init -q") == "0.1.0\n")

        let first = try version(after: "mkdir Sources && git add . && \(commit)")
        let revision = try shell("git rev-parse --short=12 HEAD", in: checkout.path).output
        #expect(first == "0.1.0+\(revision)")
        #expect(try version(after: "git tag later && echo 1 >text && git add text") == first)
        #expect(
            try version(after: "echo 2 >>Package.swift")
                == "\(first.dropLast()).dirty\n")

        #expect(
            try version(after: "git add . && \(commit) && \(git) tag --no-sign -am x v1.2.0-rc.1")
                == "1.2.0-rc.1\n")
        #expect(try version(after: "echo 1 >Sources/new") == "1.2.0-rc.1+dirty\n")
        let second = try version(after: "git add . && \(commit)")
        #expect(second.hasPrefix("1.2.0-rc.1+1.") && second.count == 26, "\(second)")
        #expect(try version(after: "git tag v1.2.0") == "1.2.0\n")
    }

    @Test func theProgramSaysIt() throws {
        let result = try Program.run(["--version"])
        #expect(result.status == 0 && result.error == "")
        let line = /[0-9]+\.[0-9]+\.[0-9]+[-+.0-9a-z]*( \(build [0-9a-f]{16}\))?\n/
        #expect(result.output.wholeMatch(of: line) != nil, "\(result.output)")
    }
}

/// What a line of the shell prints, and how it ends.
private func shell(
    _ line: String, in directory: String
) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}
