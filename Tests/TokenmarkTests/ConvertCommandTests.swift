import TestSupport
import Testing

/// `convert`, and what the other commands make of its file.
@Suite struct ConvertCommandTests {
    private func convert(
        _ model: TinyModelFile, _ arguments: String = ""
    ) throws
        -> Program.Result
    {
        try Program.run(
            ["convert", "--weights", model.path, "--output", model.directory.path("tiny.packed")]
                + arguments.split(separator: " ").map(String.init))
    }

    @Test(arguments: ["f32", "int4"])
    func aPackedFileSweepsToTheSameTokens(_ precision: String) throws {
        let model = try TinyModelFile()
        #expect(try convert(model, "--precision \(precision)").status == 0)
        func hashes(_ weights: String, _ report: String, _ more: [String]) throws -> [String] {
            let result = try Program.run(
                ["sweep", "--weights", weights, "--pairs", "8x4,5x2", "--report-dir"]
                    + [model.directory.path(report)] + more)
            #expect(result.status == 0, "\(result.error)")
            return try model.text("\(report)/summary.csv").split(separator: "\n").dropFirst()
                .compactMap { $0.split(separator: ",").last.map(String.init) }
        }
        let packed = try hashes(model.directory.path("tiny.packed"), "packed", [])
        let direct = try hashes(model.path, "direct", ["--precision", precision])
        #expect(packed == direct)
        #expect(packed.count == 2)
        #expect(try model.text("packed/manifest.json").contains("\"packed\""))
    }

    @Test func anotherPrecisionIsRefusedWithTheRemedy() throws {
        let model = try TinyModelFile()
        #expect(try convert(model, "--precision int8").status == 0)
        let result = try Program.run([
            "sweep", "--weights", model.directory.path("tiny.packed"), "--precision", "bf16",
            "--pairs", "8x4",
        ])
        #expect(result.status == 2)
        #expect(result.error.contains("packed in int8"))
    }

    @Test func anExistingFileIsReplacedOnlyWhenTold() throws {
        let model = try TinyModelFile()
        model.directory.write("precious", to: "tiny.packed")
        let refused = try convert(model)
        #expect(refused.status == 2)
        #expect(refused.error.contains("--force"))
        #expect(model.directory.read("tiny.packed") == "precious")
        #expect(try convert(model, "--force").status == 0)
        #expect(model.directory.read("tiny.packed") != "precious")
    }

    @Test func theTokenizerOfAPackedFileIsUsed() throws {
        let model = try TinyModelFile()
        _ = try convert(model)
        let packed = try Program.run([
            "tokenize", "--weights", model.directory.path("tiny.packed"), "he said",
        ])
        let direct = try Program.run(["tokenize", "--weights", model.path, "he said"])
        #expect(packed.output == direct.output)
        #expect(!packed.output.isEmpty)
    }

    @Test(arguments: [
        ("--ranks 1", "--ranks 1 is not a number of 2 or more"),
        ("--ranks -2", "--ranks -2 is not a number of 2 or more"),
        ("--ranks 2", "2 ranks are too many to share it: its feed-forward part has 12 channels"),
        ("--ranks 4000000000", "ranks are too many to share it"),
        ("--ranks 2 --force", "--force replaces a packed file, never a directory"),
        ("--ranks 2 --to safetensors --precision f32", "--ranks is for packed files"),
    ])
    func partsThatCannotBeAreRefused(_ options: String, _ message: String) throws {
        let model = try TinyModelFile()
        let result = try convert(model, options)
        #expect(result.status == 2)
        #expect(result.error.contains(message), "\(result.error)")
        #expect(model.directory.entries == ["tiny.gguf"])
    }
}
