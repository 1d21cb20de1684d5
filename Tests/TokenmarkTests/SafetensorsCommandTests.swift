import TestSupport
import Testing

/// `convert --to safetensors`, and what the other commands make of its directory.
@Suite struct SafetensorsCommandTests {
    private let directory = TemporaryDirectory()

    private var output: String { directory.path("out") }

    private func convert(_ weights: String, _ arguments: String = "") throws -> Program.Result {
        try Program.run(
            ["convert", "--to", "safetensors", "--weights", weights, "--output", output]
                + arguments.split(separator: " ").map(String.init))
    }

    /// What a command prints of the file and of the directory.
    private func both(
        _ file: TinyModelFile, _ command: [String]
    ) throws -> (file: String, directory: String) {
        let results = try [file.path, output].map { weights in
            try Program.run(command + ["--weights", weights])
        }
        for result in results { #expect(result.status == 0, "\(result.error)") }
        return (results[0].output, results[1].output)
    }

    @Test func theDirectoryAnswersAsTheFile() throws {
        let file = try TinyModelFile()
        let result = try convert(file.path, "--precision f32 --shard-size 4KiB")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.hasSuffix(" bytes of weights in 2 files\n"), "\(result.output)")
        #expect(directory.entries == ["out"])
        let answers = try both(
            file,
            [
                "generate", "--precision", "f32", "--prompt", "he said", "--max-new-tokens", "6",
            ])
        #expect(answers.file == answers.directory)
        let tokens = try both(file, ["tokenize", "he said <|end|>"])
        #expect(tokens.file == tokens.directory && !tokens.file.isEmpty)
    }

    @Test func aDirectoryIsWrittenAgainByteByByte() throws {
        let file = try TinyModelFile()
        #expect(try convert(file.path, "--precision bf16").status == 0)
        let again = try Program.run([
            "convert", "--to", "safetensors", "--weights", output, "--precision", "bf16",
            "--output", directory.path("again"),
        ])
        #expect(again.status == 0, "\(again.error)")
        let names = directory.entries(of: "out")
        #expect(
            names == [
                "config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
                "tokenizer_config.json",
            ])
        #expect(directory.entries(of: "again") == names)
        for name in names where name != "model.safetensors" {
            #expect(directory.read("again/\(name)") == directory.read("out/\(name)"))
        }
        let weights = try #require(directory.bytes("out/model.safetensors"))
        #expect(directory.bytes("again/model.safetensors") == weights)
    }

    @Test func aModelWithoutATokenizerIsWrittenWithAWarning() throws {
        let file = TinyModelDirectory()
        for name in ["vocab.json", "merges.txt"] { file.directory.removeFile(name) }
        let result = try convert(file.path)
        #expect(result.status == 0)
        #expect(result.error.contains("warning: no tokenizer is written: there is none in"))
    }

    @Test(arguments: ["int8", "int4"])
    func wholeNumbersAreRefusedWithTheRemedy(_ precision: String) throws {
        let file = try TinyModelFile()
        let result = try convert(file.path, "--precision \(precision)")
        #expect(result.status == 2)
        #expect(result.error.contains("--precision \(precision)"))
        #expect(result.error.contains("f32 or bf16"))
        #expect(result.error.split(separator: "\n").count == 1)
        #expect(directory.entries == [])
    }

    @Test func aPackedFileIsRefusedWithTheRemedy() throws {
        let file = try TinyModelFile()
        let packed = file.directory.path("tiny.packed")
        _ = try Program.run(["convert", "--weights", file.path, "--output", packed])
        let result = try convert(packed)
        #expect(result.status == 2)
        #expect(result.error.contains("convert from the file it was made from"))
        #expect(directory.entries == [])
    }

    @Test(arguments: ["", "--force"])
    func whatIsThereStays(_ arguments: String) throws {
        directory.write("precious", to: "out")
        let file = try TinyModelFile()
        let result = try convert(file.path, arguments)
        #expect(result.status == 2)
        #expect(result.error.contains("remove"))
        #expect(result.error.split(separator: "\n").count == 1)
        #expect(directory.read("out") == "precious")
    }

    @Test func shardsAreOfSafetensorsOnly() throws {
        let file = try TinyModelFile()
        let result = try Program.run([
            "convert", "--weights", file.path, "--output", output, "--shard-size",
            "1GiB",
        ])
        #expect(result.status == 2)
        #expect(result.error.contains("--to safetensors"))
    }
}
