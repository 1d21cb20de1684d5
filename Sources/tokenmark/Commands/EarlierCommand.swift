internal import ArgumentParser
internal import Foundation
internal import Reporting
internal import Suite

/// A command that can go on with what it began, from the directory that it began.
protocol ResumableCommand: ParsableCommand {
    associatedtype Request: Equatable

    /// What it was asked to find out, the same however it was written.
    ///
    /// - Throws: what is wrong with the options.
    func request() throws -> Request
}

/// The command that began a directory of results: what was asked is in the directory.
struct EarlierCommand {
    let path: String
    let manifest: Manifest

    /// Options that say where the results go and how a process behaves, not what it finds out.
    private static let passing: Set = [
        "--report-dir", "--resume", "--retry", "--quiet", "--dry-run",
    ]
    /// Options that may be given anew.
    private static let free: Set = ["--cell-timeout", "--power-command", "--language"]
    /// Options whose values are paths.
    private static let paths: Set = ["--weights", "--config", "--prompts"]

    /// Options whose values may name files of lengths.
    private static let lengths: Set = ["--input", "--output"]

    /// Reads the manifest of a directory; nil where nothing was begun yet.
    ///
    /// - Throws: `ReportingError` for a manifest that cannot be read.
    init?(in path: String) throws {
        guard FileManager.default.fileExists(atPath: "\(path)/manifest.json") else { return nil }
        self.path = path
        manifest = try Manifest(directory: path)
    }

    /// The command as it was given then.
    ///
    /// - Parameter words: the command line of this process, whose options may say the same again.
    /// - Throws: `UsageError` if another command began the directory, or an option contradicts it.
    func command<Command: ResumableCommand>(
        _ type: Command.Type, given words: [String] = CommandLine.arguments
    ) throws -> Command {
        let name = Command.configuration.commandName ?? ""
        let began = manifest.commandLine.dropFirst().first ?? ""
        guard began == name else {
            throw UsageError(
                "\(path) was begun by tokenmark \(began); go on with tokenmark \(began) --resume \(path)"
            )
        }
        let directory = manifest.sections["working_directory"]?.text
        let asked = Self.options(of: manifest.commandLine, in: directory)
        let command = try Command.parse(asked.map(\.word))
        let request = try command.request()
        for option in Self.options(of: words, in: nil)
        where !asked.contains(option) && !Self.free.contains(option.name) {
            let others = asked.filter { $0.name != option.name }
            let changed = try? Command.parse((others + [option]).map(\.word)).request()
            guard changed == request else {
                let before = asked.first { $0.name == option.name }
                throw UsageError(
                    "\(option) contradicts \(path), which was begun "
                        + (before.map { "with \($0)" } ?? "without it")
                        + "; leave it out, or begin another report")
            }
        }
        return command
    }

    /// Whether a command line has this option.
    static func isGiven(_ name: String, in words: [String] = CommandLine.arguments) -> Bool {
        WrittenOption.all(in: words).contains { $0.name == name }
    }

    /// What a command line asks to find out.
    ///
    /// - Parameter directory: which its paths are relative to; nil for that of this process.
    private static func options(of line: [String], in directory: String?) -> [WrittenOption] {
        let base = URL(
            fileURLWithPath: directory ?? FileManager.default.currentDirectoryPath,
            isDirectory: true)
        func absolute(_ path: some StringProtocol) -> String {
            URL(fileURLWithPath: String(path), relativeTo: base).standardizedFileURL.path
        }
        return WrittenOption.all(in: Array(line.dropFirst(2))).filter {
            !passing.contains($0.name)
        }.map { option in
            guard let value = option.value else { return option }
            var resolved = option
            if paths.contains(option.name) {
                resolved.value = absolute(value)
            } else if lengths.contains(option.name) {
                // Files among lengths are marked.
                resolved.value = value.split(separator: ",", omittingEmptySubsequences: false).map {
                    $0.hasPrefix("@") ? "@\(absolute($0.dropFirst()))" : String($0)
                }.joined(separator: ",")
            }
            return resolved
        }
    }
}

/// What a user does after a stop.
enum Resumption {
    /// Says how to go on.
    static func advise(_ command: String, _ path: String) {
        let name = path.contains(" ") ? "'\(path)'" : path
        Terminal.error("to go on: tokenmark \(command) --resume \(name)\n")
    }
}
