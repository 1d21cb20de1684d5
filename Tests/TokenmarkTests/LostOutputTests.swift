import Foundation
import Glibc
import TestSupport
import Testing

/// Commands whose stdout takes nothing.
@Suite struct LostOutputTests {
    private let model = TinyModelDirectory()

    /// How stdout takes nothing, and what the system says to it.
    enum Sink: CaseIterable {
        case full
        case closed
        case unread

        var reason: String {
            switch self {
            case .full: "No space left on device"
            case .closed: "Bad file descriptor"
            case .unread: "Broken pipe"
            }
        }
    }

    private func run(
        _ arguments: [String], _ sink: Sink, input: String = ""
    ) throws -> (status: Int32, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let redirection =
            switch sink {
            case .full: ">/dev/full"
            case .closed: ">&-"
            case .unread: ""
            }
        process.arguments =
            ["-c", "exec \"$0\" \"$@\" \(redirection)", Program.url.path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["TOKENMARK_HISTORY": path("history")]) { $1 }
        let unread = Pipe()
        try unread.fileHandleForReading.close()
        process.standardOutput = unread.fileHandleForWriting
        let standardInput = Pipe()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        process.standardInput = standardInput
        let error = Pipe()
        process.standardError = error
        try process.run()
        let text = String(
            decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "\(arguments)")
        return (process.terminationStatus, text)
    }

    private func path(_ name: String) -> String { model.directory.path(name) }

    private func words(_ text: String) -> [String] {
        text.split(separator: " ").map { $0 == "MODEL" ? model.path : String($0) }
    }

    @Test(arguments: Sink.allCases)
    func everyCommandSaysSo(_ sink: Sink) throws {
        let report = path("report")
        let cell = "--weights MODEL --precision f32 --pairs 4x2"
        #expect(
            try Program.run(words("sweep \(cell) --no-roof --report-dir") + [report]).status == 0)
        let added = try Program.run(
            ["history", "add", report], environment: ["TOKENMARK_HISTORY": path("history")])
        let id = added.output.split(separator: " ")[1].prefix(8)
        let config = model.directory.write(
            """
            [model]
            model_path=\(model.path)
            [performance]
            batch_size=1
            case_pair=[[4,2]]
            """, to: "config.ini")
        let text = model.directory.write(String(repeating: "hehe ", count: 40), to: "text")
        let commands =
            [
                "--help", "--version", "sweep --help", "models", "doctor --threads 1",
                "tokenize --tokenizer MODEL he", "tokenize --tokenizer MODEL --speed he",
                "generate --weights MODEL --prompt he --max-new-tokens 2",
                "perplexity --weights MODEL --context 16 --text \(text)",
                "sweep \(cell) --dry-run",
                "sweep \(cell) --no-roof --report-dir \(path("sweep"))",
                "sweep \(cell) --no-roof --in-process --report-dir \(path("in-process"))",
                "run --config \(config) --task performance --report-dir \(path("run"))",
                "max-batch \(cell) --batch-range 1:1 --report-dir \(path("max-batch"))",
                "profile \(cell) --repetitions 1 --output \(path("profile"))",
                "convert --weights MODEL --output \(path("packed"))",
                "convert --weights MODEL --to safetensors --output \(path("safetensors"))",
                "report \(report)", "report \(report) --format html", "compare \(report) \(report)",
                "history add \(report)", "history list", "history show \(id)",
            ]
        for command in commands {
            let (status, error) = try run(words(command), sink)
            #expect(status == 1, "\(command): \(error)")
            #expect(
                error.hasSuffix("tokenmark: cannot write to stdout: \(sink.reason)\n"),
                "\(command): \(error)")
        }
        // What was done is done.
        for name in ["sweep", "in-process"] {
            #expect(try Program.run(["report", path(name)]).status == 0)
        }
        #expect(try Program.run(["report", path("max-batch"), "--format", "html"]).status == 0)
        for name in ["packed", "safetensors/config.json", "profile/manifest.json"] {
            #expect(FileManager.default.fileExists(atPath: path(name)))
        }
    }

    @Test(arguments: Sink.allCases)
    func anAnswerThatNobodyReadsEnds(_ sink: Sink) throws {
        let file = model.directory.write(GGUFWriter.tinyChatModel().bytes(), to: "chat.gguf")
        let (status, error) = try run(
            ["chat", "--weights", file, "--max-new-tokens", "8"], sink, input: "hello\nagain\n")
        #expect(status == 1)
        #expect(error == "tokenmark: cannot write to stdout: \(sink.reason)\n")
    }

    @Test func aStreamThatBreaksOffIsNotWhole() throws {
        let lines = String(repeating: "\"hehehehe hehe\"\n", count: 20000)
        let texts = model.directory.write(lines, to: "texts")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            "{ \"$0\" tokenize --tokenizer \"$1\" --json-lines <\"$2\"; echo $? >\"$3\"; } | head -c 1",
            Program.url.path, model.path, texts, path("status"),
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(model.directory.read("status") == "1\n")
    }

    @Test func aLostStderrEndsNothing() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            ["-c", "exec \"$0\" \"$@\" 2>/dev/full", Program.url.path]
            + words("sweep --weights MODEL --pairs 4x2 --no-roof --report-dir \(path("report"))")
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
