import Foundation
import Kernels
import Suite
import Testing

/// What a shell offers behind an option.
@Suite struct CompletionTests {
    /// What the program says of itself, as far as completions go.
    private struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?

        var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }
    }

    private struct Argument: Decodable {
        struct Name: Decodable { let name: String }
        struct Completion: Decodable {
            struct List: Decodable { let values: [String] }
            struct Anything: Decodable {}
            let list: List?
            let file: Anything?
            let directory: Anything?
        }
        let preferredName: Name?
        let valueName: String?
        let completionKind: Completion?
    }

    private struct Tool: Decodable { let command: Command }

    private func arguments() throws -> [(command: String, argument: Argument)] {
        let result = try Program.run(["--experimental-dump-help"])
        try #require(result.status == 0, "\(result.error)")
        let tool = try JSONDecoder().decode(Tool.self, from: Data(result.output.utf8))
        return tool.command.all.flatMap { command in
            (command.arguments ?? []).map { (command.commandName, $0) }
        }
    }

    @Test func pathsAreOfferedWhereOneBelongs() throws {
        var count = 0
        for (command, argument) in try arguments() {
            let completion = argument.completionKind
            let name = "\(command) \(argument.preferredName?.name ?? argument.valueName ?? "")"
            switch argument.valueName {
            case "file", "path": #expect(completion?.file != nil, "\(name)")
            case "directory": #expect(completion?.directory != nil, "\(name)")
            default: continue
            }
            count += 1
        }
        #expect(count > 20)
    }

    @Test(arguments: [
        ("precision", "f32 bf16 int8 int4"), ("kv-cache", "f32 bf16 int8"),
        ("format", "text markdown csv json jsonl html tsv openmetrics"),
        ("numa", "local interleave bind: replicate"), ("language", "zh en"),
        ("effort", "quick normal thorough"), ("grid", "documents quick"),
        ("perf-mode", "detail normal"), ("thinking", "on off"), ("to", "packed safetensors"),
        ("task", "performance inference precision"), ("retry", "crash oom timeout failed skipped"),
    ])
    func valuesAreOfferedWhereThereAreFew(_ option: String, _ values: String) throws {
        let offered = try arguments().filter { $0.argument.preferredName?.name == option }
            .map { $0.argument.completionKind?.list?.values ?? [] }
        #expect(!offered.isEmpty)
        #expect(offered.allSatisfy { $0.joined(separator: " ") == values }, "\(offered)")
    }

    @Test func whatIsOfferedOfInstructionsIsKnown() throws {
        let argument = try #require(
            try arguments().first { $0.argument.preferredName?.name == "isa" })
        let names = try #require(argument.argument.completionKind?.list?.values)
        #expect(names.first == "auto" && names.count == 6)
        for name in names {
            #expect(throws: Never.self) {
                try InstructionSetChoice.resolve(name, usable: InstructionSet.allCases)
            }
        }
    }
}
