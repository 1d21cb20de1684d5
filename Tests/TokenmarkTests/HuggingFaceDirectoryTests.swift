import Foundation
import Glibc
import TestSupport
import Testing

/// A Hugging Face directory as `--weights`: what the GGUF file of the same model gives.
@Suite struct HuggingFaceDirectoryTests {
    private let reports = TemporaryDirectory()

    /// The hashes of the tokens that a sweep gave.
    private func hashes(_ weights: String, _ report: String) throws -> [String] {
        let result = try Program.run([
            "sweep", "--weights", weights, "--precision", "f32", "--pairs", "8x4,5x2",
            "--report-dir", reports.path(report),
        ])
        #expect(result.status == 0, "\(result.error)")
        return try text("\(report)/summary.csv").split(separator: "\n").dropFirst()
            .compactMap { $0.split(separator: ",").last.map(String.init) }
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: reports.path(name), encoding: .utf8)
    }

    @Test func aDirectorySweepsToTheTokensOfTheFile() throws {
        let directory = TinyModelDirectory()
        let file = try TinyModelFile()
        let read = try hashes(directory.path, "directory")
        #expect(try read == hashes(file.path, "file"))
        #expect(read.count == 2)
        #expect(try text("directory/manifest.json").contains("\"hugging-face\""))
        let packed = reports.path("tiny.packed")
        let converted = try Program.run([
            "convert", "--weights", directory.path, "--precision", "f32", "--output", packed,
        ])
        #expect(converted.status == 0, "\(converted.error)")
        #expect(try read == hashes(packed, "packed"))
    }

    @Test func itsTokenizerIsUsed() throws {
        let directory = TinyModelDirectory()
        let file = try TinyModelFile()
        let answers = try [directory.path, file.path].map { weights in
            try Program.run([
                "generate", "--weights", weights, "--precision", "f32", "--max-new-tokens", "4",
                "--prompt", "he said",
            ])
        }
        #expect(answers[0].status == 0, "\(answers[0].error)")
        #expect(answers[0].output == answers[1].output)
        let tokens = try Program.run(["tokenize", "--weights", directory.path, "he"])
        #expect(tokens.output == "256\n")
    }

    @Test func aPackedDirectoryStandsAlone() throws {
        let packed = reports.path("tiny.packed")
        let generate = [
            "generate", "--prompt", "he said", "--max-new-tokens", "4", "--weights",
        ]
        var direct = ""
        do {
            let directory = TinyModelDirectory()
            let converted = try Program.run(
                ["convert", "--weights", directory.path, "--precision", "f32", "--output", packed])
            #expect(converted.status == 0)
            #expect(converted.error.isEmpty, "\(converted.error)")
            direct = try Program.run(generate + [directory.path, "--precision", "f32"]).output
        }
        let result = try Program.run(generate + [packed])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output == direct)
        #expect(try Program.run(["tokenize", "--weights", packed, "he"]).output == "256\n")
        let text = reports.write(String(repeating: "he said ", count: 20), to: "text")
        let perplexity = try Program.run(
            ["perplexity", "--weights", packed, "--text", text, "--context", "32"])
        #expect(perplexity.status == 0, "\(perplexity.error)")
    }

    @Test func aDirectoryWithoutATokenizerIsPackedWithAWarning() throws {
        let directory = TinyModelDirectory()
        for name in ["vocab.json", "merges.txt"] {
            #expect(unlink(directory.directory.path(name)) == 0)
        }
        let packed = reports.path("tiny.packed")
        let converted = try Program.run(
            ["convert", "--weights", directory.path, "--output", packed])
        #expect(converted.status == 0)
        #expect(converted.error.contains("no tokenizer to keep"))
        let result = try Program.run(["generate", "--weights", packed, "--prompt", "he"])
        #expect(result.status == 2)
        #expect(result.error.contains("was made without a tokenizer"))
        #expect(result.error.split(separator: "\n").count == 1)
    }

    @Test func oneFileOfADirectoryIsRefusedWithTheRemedy() throws {
        let directory = TinyModelDirectory()
        let result = try Program.run([
            "sweep", "--weights", directory.directory.path("model.safetensors"), "--pairs", "8x4",
        ])
        #expect(result.status == 2)
        #expect(result.error.contains("name the directory it lies in"))
    }

    /// In the hub's cache a directory is called by its commit, and the model is not.
    @Test func aSnapshotOfTheCacheHasTheModelsName() throws {
        let model = TinyModelDirectory()
        let folder = reports.path("models--tiny--Tiny-0.1B")
        let snapshot = "\(folder)/snapshots/c1899d"
        try FileManager.default.createDirectory(
            atPath: "\(folder)/snapshots", withIntermediateDirectories: true)
        #expect(symlink(model.path, snapshot) == 0)
        for (weights, report) in [(snapshot, "one"), (folder, "other")] {
            #expect(try hashes(weights, report).count == 2)
            let manifest = try text("\(report)/manifest.json")
            #expect(manifest.contains(#""model" : "tiny/Tiny-0.1B""#))
            #expect(manifest.contains(#""revision" : "c1899d""#))
            #expect(
                FileManager.default.fileExists(
                    atPath: reports.path("\(report)/performance_test_cpu_tiny_Tiny-0.1B_f32.csv")))
        }
        let tokens = try Program.run(["tokenize", "--weights", folder, "he"])
        #expect(tokens.output == "256\n", "\(tokens.error)")
    }

    @Test func aDirectoryOfGGUFFilesIsRefusedWithTheRemedy() throws {
        reports.write("", to: "b.gguf")
        reports.write("", to: "a.gguf")
        let result = try Program.run(["sweep", "--weights", reports.path, "--pairs", "8x4"])
        #expect(result.status == 2)
        #expect(
            result.error.contains("no config.json and 2 GGUF files; name one, such as"),
            "\(result.error)")
        #expect(result.error.contains("/a.gguf"))
    }

    @Test func aQuantisedDirectoryIsBadInput() throws {
        let directory = TinyModelDirectory()
        directory.directory.write(
            #"{"model_type": "qwen2", "quantization_config": {"quant_method": "gptq"}}"#,
            to: "config.json")
        let result = try Program.run(["sweep", "--weights", directory.path, "--pairs", "8x4"])
        #expect(result.status == 2)
        #expect(result.error.contains("quantised by gptq"))
        #expect(result.error.split(separator: "\n").count == 1)
    }
}
