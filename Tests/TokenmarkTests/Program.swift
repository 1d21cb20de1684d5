import Foundation
import Glibc

/// The built program, run as a user runs it.
struct Program {
    struct Result {
        let status: Int32
        let output: String
        let error: String
    }

    /// Beside the test program, where the build puts both.
    static let url: URL = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path[..<max(count, 0)].map { UInt8(bitPattern: $0) }
        return URL(fileURLWithPath: String(decoding: bytes, as: UTF8.self))
            .deletingLastPathComponent().appendingPathComponent("tokenmark")
    }()

    /// - Parameter shell: a line for the shell in place of the program, which is `$0` there.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil,
        input: Pipe? = nil, by shell: String? = nil
    ) throws -> (process: Process, output: Pipe, error: Pipe) {
        let process = Process()
        process.executableURL = shell == nil ? url : URL(fileURLWithPath: "/bin/sh")
        process.arguments = (shell.map { ["-c", $0, url.path] } ?? []) + arguments
        process.environment = ProcessInfo.processInfo.environment
            .filter { $0.key != "TIMEIT" }
            .merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        if let input {
            process.standardInput = input
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        return (process, output, error)
    }

    /// - Parameter input: what it reads from a pipe, less than a pipe holds; nothing if nil.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil,
        input: String? = nil, by shell: String? = nil
    ) throws -> Result {
        let pipe = input.map { _ in Pipe() }
        if let pipe, let input {
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        }
        let (process, output, error) = try start(
            arguments, environment: environment, in: directory, input: pipe, by: shell)
        // What it prints is less than a pipe holds.
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        let errorData = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: outputData, as: UTF8.self),
            error: String(decoding: errorData, as: UTF8.self))
    }
}
