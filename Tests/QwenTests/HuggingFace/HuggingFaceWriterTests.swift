import Glibc
import JSON
import Machine
import TestSupport
import Testing

@testable import Qwen

/// Directories that are written, against those that `ModelDirectory` spells out.
@Suite struct HuggingFaceWriterTests {
    private let output = TemporaryDirectory()

    private var path: String { output.path("model") }

    @discardableResult
    private func write(
        _ model: ModelConfiguration, _ source: any TensorSource, _ type: SafetensorsType = .f32,
        shardByteCount: Int = 1 << 30, files: ModelFiles? = nil
    ) throws -> HuggingFaceWriter.Result {
        try HuggingFaceWriter(
            model, type: type, shardByteCount: shardByteCount, files: files ?? ModelFiles(model)
        ).write(source, to: path)
    }

    /// Every tensor of the files that were written: its shape and its bytes.
    private func tensors() throws -> [String: SafetensorsWriter.Tensor] {
        var tensors: [String: SafetensorsWriter.Tensor] = [:]
        for name in output.entries(of: "model") where name.hasSuffix(".safetensors") {
            let file = try SafetensorsFile(ModelFile(path: "\(path)/\(name)"))
            for (name, tensor) in file.tensors {
                #expect(tensors[name] == nil, "\(name) is written twice")
                tensors[name] = SafetensorsWriter.Tensor(
                    name: name, type: tensor.typeName, shape: tensor.shape,
                    data: Array(file.file.mapping.bytes[tensor.byteRange]))
            }
        }
        return tensors
    }

    private func expect(
        _ written: [String: SafetensorsWriter.Tensor],
        equal expected: [SafetensorsWriter.Tensor]
    ) {
        #expect(Set(written.keys) == Set(expected.map(\.name)))
        for tensor in expected {
            #expect(written[tensor.name]?.shape == tensor.shape, "\(tensor.name)")
            #expect(written[tensor.name]?.type == tensor.type, "\(tensor.name)")
            #expect(written[tensor.name]?.data == tensor.data, "\(tensor.name)")
        }
    }

    @Test(arguments: ReferenceFixture.names, [1 << 30, 20_000, 1])
    func aDirectoryComesBackBitByBit(_ name: String, _ shardByteCount: Int) throws {
        let fixture = try ReferenceFixture.load(name)
        let directory = ModelDirectory(
            fixture.model, RandomTensorSource(fixture.model, seed: fixture.seed))
        let model = try directory.load()
        let result = try write(model.configuration, model, shardByteCount: shardByteCount)
        try expect(tensors(), equal: directory.tensors)
        let files = output.entries(of: "model").filter { $0.hasSuffix(".safetensors") }
        #expect(files.count == result.shardCount)
        // A tensor that is larger than the limit has a file of its own.
        if shardByteCount == 1 { #expect(files.count == directory.tensors.count) }
        if shardByteCount == 20_000 { #expect(2..<directory.tensors.count ~= files.count) }
        #expect(output.entries == ["model"])
        var read = try HuggingFaceModel(directory: path).configuration
        read.name = name
        #expect(read == fixture.model)
    }

    @Test func shardsAreNamedAndIndexedAsHuggingFaceDoes() throws {
        let fixture = try ReferenceFixture.load("llama-gqa")
        let source = RandomTensorSource(fixture.model, seed: 1)
        // The embedding of 113 × 60 numbers fills the first.
        try write(fixture.model, source, shardByteCount: 113 * 60 * 4)
        let names = output.entries(of: "model")
        #expect(names.first == "config.json")
        #expect(names[1].hasPrefix("model-00001-of-000"))
        let index = try ModelFile(path: "\(path)/model.safetensors.index.json").json()
        let size = OutputTensor.all(fixture.model).reduce(0) { $0 + $1.count * 4 }
        #expect(index["metadata"]?["total_size"] == .integer(size))
        let places = try #require(index["weight_map"]?.members)
        #expect(places.first?.name == "model.embed_tokens.weight")
        #expect(places.first?.value == .string(names[1]))
        #expect(places.filter { $0.value == places[0].value }.count == 1)
        #expect(try tensors().count == places.count)
    }

    @Test func numbersBeginAtAMultipleOfEightBytes() throws {
        let model = try ReferenceFixture.load("qwen2-tied-odd").model
        for name in ["a", "ab", "abc", "abcd", "abcdefgh"] {
            let tensor = OutputTensor(name: name, shape: [40], parts: [.finalNorm])
            #expect(SafetensorsHeader.bytes([tensor], .f32).count % 8 == 0)
        }
        try write(model, RandomTensorSource(model, seed: 1))
        #expect(output.entries(of: "model") == ["config.json", "model.safetensors"])
    }

    /// `llama` files of GGUF hold the rotary pairs of queries and keys side by side.
    @Test(arguments: [
        "llama-gqa", "qwen2-gqa", "qwen2-tied-odd", "llama-biased", "qwen2-yarn", "qwen2.5-tied",
        "qwen3-tied", "qwen3-yarn",
    ])
    func aGGUFFileGivesTheTensorsOfTheDirectory(_ name: String) throws {
        let fixture = try ReferenceFixture.load(name)
        let source = RandomTensorSource(fixture.model, seed: 7)
        let file = try GGUFModel.reading(GGUFWriter(fixture.model, source).bytes())
        try write(file.configuration, file, files: try ModelFiles(file))
        try expect(tensors(), equal: ModelDirectory(fixture.model, source).tensors)
        var read = try HuggingFaceModel(directory: path).configuration
        read.name = name
        #expect(read == fixture.model)
    }

    /// transformers' Llama has all biases of attention, or none; of the feed-forward part likewise.
    @Test func biasesThatAClassMustHaveAreWrittenAsZeros() throws {
        var model = try ReferenceFixture.load("llama-gqa").model
        model.biases = [.attentionOutput, .up]
        let source = RandomTensorSource(model, seed: 7)
        let file = try GGUFModel.reading(GGUFWriter(model, source).bytes())
        try write(file.configuration, file, files: try ModelFiles(file))
        let read = try HuggingFaceModel(directory: path)
        #expect(read.configuration.biases == BiasedProducts(BiasedProducts.all))
        #expect(read.values(.keyBias(layer: 1), model).allSatisfy { $0 == 0 })
        #expect(read.values(.upBias(layer: 1), model) == source.values(.upBias(layer: 1), model))
        let prompts = try ReferenceFixture.load("llama-gqa").prompts
        let logits = try [
            Generation(model, source: source), Generation(read.configuration, source: read),
        ]
        .map { try $0.run(prompts, count: 2).map { $0.map(\.logits) } }
        #expect(logits[0] == logits[1])
    }

    /// transformers' Qwen2 has them always; a GGUF file may not.
    @Test func aQwen2WithoutBiasesGetsZeros() throws {
        var model = try ReferenceFixture.load("qwen2-gqa").model
        model.biases = []
        let file = try GGUFModel.reading(
            GGUFWriter(model, RandomTensorSource(model, seed: 7)).bytes())
        try write(file.configuration, file, files: try ModelFiles(file))
        let read = try HuggingFaceModel(directory: path)
        #expect(read.configuration.biases == .queryKeyValue)
        #expect(read.values(.valueBias(layer: 1), model).allSatisfy { $0 == 0 })
    }

    @Test func scalingWithoutWordsIsRefused() throws {
        var model = try ReferenceFixture.load("llama-gqa").model
        model.rotaryScaling.divisors = [1, 2, 3, 4, 5]
        let error = #expect(throws: QwenError.self) {
            try HuggingFaceWriter(
                model, type: .f32, shardByteCount: 1 << 30, files: ModelFiles(model))
        }
        #expect(error?.description.contains("rope_freqs.weight") == true)
    }

    @Test func whatBF16HoldsComesBackAsItWas() throws {
        let fixture = try ReferenceFixture.load("qwen-v1-long")
        var directory = ModelDirectory(fixture.model, RandomTensorSource(fixture.model, seed: 5))
        for index in directory.tensors.indices {
            let data = directory.tensors[index].data
            directory.tensors[index].type = "BF16"
            directory.tensors[index].data = stride(from: 2, to: data.count, by: 4).flatMap {
                data[$0..<$0 + 2]
            }
        }
        let model = try directory.load()
        try write(model.configuration, model, .bf16)
        try expect(tensors(), equal: directory.tensors)
    }

    /// Patterns of f32, and the bf16 that is nearest, to even from halfway.
    @Test(
        arguments: [
            (0x3f80_0000, 0x3f80), (0x3f80_7fff, 0x3f80), (0x3f80_8000, 0x3f80),
            (0x3f80_8001, 0x3f81), (0x3f81_8000, 0x3f82), (0xbf81_8000, 0xbf82),
            (0x0000_8000, 0x0000), (0x0000_8001, 0x0001), (0x8000_0000, 0x8000),
            (0x7f7f_7fff, 0x7f7f), (0x7f7f_8000, 0x7f80), (0x7f80_0000, 0x7f80),
            (0xff80_0000, 0xff80), (0x7f81_0000, 0x7f81), (0x7fc0_0000, 0x7fc0),
            (0x7f80_0001, 0x7fc0), (0xffff_ffff, 0xffff),
        ] as [(UInt32, UInt16)])
    func bf16IsTheNearest(_ pattern: UInt32, _ expected: UInt16) {
        var values = [Float(bitPattern: pattern), 1]
        let bytes = values.withUnsafeMutableBufferPointer {
            Array(SafetensorsType.bf16.encode($0))
        }
        #expect(
            bytes == [UInt8(truncatingIfNeeded: expected), UInt8(expected >> 8), 0x80, 0x3f])
    }

    /// Unknown keys stay; those of the number format say what is written.
    @Test func theConfigurationOfADirectoryIsKept() throws {
        let fixture = try ReferenceFixture.load("qwen-v1-long")
        var directory = ModelDirectory(fixture.model, RandomTensorSource(fixture.model, seed: 5))
        directory.configuration =
            #"{"auto_map": {"AutoConfig": "configuration_qwen.QWenConfig"}, "fp32": true, "#
            + #""bf16": false, "torch_dtype": "float32", "dtype": "float32", "#
            + directory.configuration.dropFirst()
        let model = try directory.load()
        let files = try withExtendedLifetime(directory) {
            try ModelFiles(copying: directory.path, of: model.configuration)
        }
        try write(model.configuration, model, .bf16, files: files)
        let json = try ModelFile(path: "\(path)/config.json").json()
        #expect(json["auto_map"]?["AutoConfig"] == "configuration_qwen.QWenConfig")
        #expect(json["torch_dtype"] == "bfloat16" && json["dtype"] == "bfloat16")
        #expect(json["bf16"] == true && json["fp32"] == false && json["fp16"] == nil)
        #expect(json["seq_length"] == .integer(16))
        #expect(files.missingTokenizer != nil)
    }

    @Test func onlyTheFilesOfTheTokenizerAreCopied() throws {
        let fixture = try ReferenceFixture.load("llama-gqa")
        let directory = ModelDirectory(fixture.model, RandomTensorSource(fixture.model, seed: 5))
        let model = try directory.load()
        for name in ["qwen.tiktoken", "generation_config.json", "README.md", "pytorch_model.bin"] {
            directory.directory.write("of \(name)", to: name)
        }
        let files = try withExtendedLifetime(directory) {
            try ModelFiles(copying: directory.path, of: model.configuration)
        }
        #expect(files.missingTokenizer == nil)
        try write(model.configuration, model, files: files)
        #expect(
            output.entries(of: "model") == [
                "config.json", "generation_config.json", "model.safetensors", "qwen.tiktoken",
            ])
        #expect(output.read("model/qwen.tiktoken") == "of qwen.tiktoken")
    }

    @Test func whatAKilledRunLeftIsNoModelAndNotTouched() throws {
        #expect(mkdir(path + ".unfinished", 0o755) == 0)
        output.write("half of the weights", to: "model.unfinished/model.safetensors")
        let model = try ReferenceFixture.load("llama-gqa").model
        #expect(output.entries == ["model.unfinished"])
        #expect(throws: (any Error).self) { try HuggingFaceModel(directory: path) }
        let error = #expect(throws: MachineError.self) {
            try write(model, RandomTensorSource(model, seed: 1))
        }
        #expect(error == .outputUnfinished(path: path + ".unfinished"))
        #expect(output.read("model.unfinished/model.safetensors") == "half of the weights")
    }

    @Test func nothingIsLeftWhereItCannotBeWritten() throws {
        let model = try ReferenceFixture.load("llama-gqa").model
        let source = RandomTensorSource(model, seed: 1)
        let writer = try HuggingFaceWriter(
            model, type: .f32, shardByteCount: 1 << 30, files: ModelFiles(model))
        let missing = #expect(throws: (any Error).self) {
            try writer.write(source, to: output.path("no/such/place"))
        }
        #expect("\(try #require(missing))".contains("no/such/place cannot be written"))
        // Something of that name came while it was written.
        output.write("precious", to: "taken")
        #expect(throws: (any Error).self) {
            try writer.write(source, to: output.path("taken"))
        }
        #expect(output.entries == ["taken"] && output.read("taken") == "precious")
    }
}
