import Glibc
import Qwen
import TestSupport
import Testing

@Suite struct HuggingFaceModelTests {
    @Test(arguments: ReferenceFixture.names)
    func theConfigurationComesFromTheFile(_ name: String) throws {
        let fixture = try ReferenceFixture.load(name)
        let directory = ModelDirectory(
            fixture.model, RandomTensorSource(fixture.model, seed: fixture.seed))
        var read = try directory.load().configuration
        #expect(directory.path.hasSuffix("/" + read.name))
        read.name = name
        #expect(read == fixture.model)
    }

    /// The keys of Qwen-7B's first release, August 2023.
    @Test func theFirstKeysOfQwenAreRead() throws {
        let fixture = try ReferenceFixture.load("qwen-v1-long")
        var directory = ModelDirectory(
            fixture.model, RandomTensorSource(fixture.model, seed: fixture.seed))
        let renamed = [
            ("hidden_size", "n_embd"), ("num_hidden_layers", "n_layer"),
            ("num_attention_heads", "n_head"), ("max_position_embeddings", "n_positions"),
            ("\"intermediate_size", "\"ffn_hidden_size"),
            ("\"vocab_size\": 97", "\"vocab_size\": 90, \"padded_vocab_size\": 97"),
        ]
        for (later, first) in renamed {
            #expect(directory.configuration.contains(later))
            directory.configuration = directory.configuration.replacing(later, with: first)
        }
        var read = try directory.load().configuration
        read.name = fixture.name
        #expect(read == fixture.model)
    }

    /// A model of this family without dynamic NTK and log-n attention, such as Qwen-72B.
    @Test func withoutItsUsesTheTrainedLengthIsNone() throws {
        let fixture = try ReferenceFixture.load("qwen-v1-long")
        var model = fixture.model
        model.usesDynamicNTK = false
        model.usesLogNAttention = false
        model.trainedLength = nil
        let read = try ModelDirectory(model, RandomTensorSource(model, seed: 1)).load()
        #expect(read.configuration.trainedLength == nil && !read.configuration.usesDynamicNTK)
    }

    @Test func theRotaryBaseMayStandInItsParameters() throws {
        var directory = try tiny()
        directory.configuration = directory.configuration
            .replacing("\"rope_theta\": 100000.0", with: "\"dtype\": \"float32\"")
            .replacing(
                "\"rope_scaling\": null",
                with: #""rope_parameters": {"rope_type": "default", "rope_theta": 500.0}"#)
        #expect(try directory.load().configuration.ropeTheta == 500)
    }

    @Test(arguments: ReferenceFixture.names, [1, 3])
    func logitsAreThoseOfTheReference(_ name: String, _ shards: Int) throws {
        let fixture = try ReferenceFixture.load(name)
        let source = RandomTensorSource(fixture.model, seed: fixture.seed)
        let model = try ModelDirectory(fixture.model, source).load(shards: shards)
        let read = try Generation(model.configuration, source: model)
        let drawn = try Generation(fixture.model, source: source)
        for (prompt, answer) in zip(fixture.prompts, fixture.answers) {
            let count = answer.tokens.count
            let result = try read.run([prompt], count: count)[0]
            #expect(result.map(\.token) == answer.tokens)
            let expected = try drawn.run([prompt], count: count)[0]
            #expect(result.map(\.logits) == expected.map(\.logits))
            for (step, logits) in answer.logits.enumerated() {
                let largest = logits.map(abs).max() ?? 0
                let worst = zip(result[step].logits, logits).map { abs(Double($0) - $1) }.max()
                #expect(try #require(worst) <= 1e-4 * largest)
            }
        }
    }

    @Test(arguments: [
        "qwen2-gqa", "qwen2-tied-odd", "llama-gqa", "qwen2-yarn", "qwen3-tied", "qwen3-yarn",
    ])
    func aShardedDirectoryEqualsTheGGUFFile(_ name: String) throws {
        let fixture = try ReferenceFixture.load(name)
        let source = RandomTensorSource(fixture.model, seed: 11)
        let directory = try ModelDirectory(fixture.model, source).load(shards: 2)
        let file = try GGUFModel.reading(GGUFWriter(fixture.model, source).bytes())
        let fromDirectory = try Generation(directory.configuration, source: directory)
            .run(fixture.prompts, count: 3)
        let fromFile = try Generation(file.configuration, source: file)
            .run(fixture.prompts, count: 3)
        #expect(fromDirectory.map { $0.map(\.logits) } == fromFile.map { $0.map(\.logits) })
    }

    @Test func rowsOfAFusedTensorAreCutWhereTheyBelong() throws {
        let model = try ReferenceFixture.load("qwen-v1-long").model
        let source = RandomTensorSource(model, seed: 2)
        let read = try ModelDirectory(model, source).load()
        for role in TensorRole.all(model) {
            #expect(read.values(role, model) == source.values(role, model), "\(role)")
        }
    }

    /// Numbers of 16 bits: their patterns, and what they are.
    @Test(
        arguments: [
            (
                "BF16", [0x3f80, 0xbf00, 0x0001, 0x7f7f, 0x4049, 0x8000],
                [
                    1, -0.5, 0x1p-133, 0x1.fep127, 3.140625, -0.0,
                ]
            ),
            (
                "F16", [0x3c00, 0xb800, 0x0001, 0x7bff, 0x3555, 0x8000],
                [
                    1, -0.5, 0x1p-24, 65504, 0.333251953125, -0.0,
                ]
            ),
        ] as [(String, [UInt16], [Float])])
    func halvesWidenExactly(_ type: String, _ patterns: [UInt16], _ numbers: [Float]) throws {
        var directory = try tiny()
        let index = try #require(
            directory.tensors.firstIndex { $0.name == "model.norm.weight" })
        let size = directory.tensors[index].shape[0]
        directory.tensors[index].type = type
        directory.tensors[index].data = (0..<size).flatMap { position in
            withUnsafeBytes(of: patterns[position % 6].littleEndian) { Array($0) }
        }
        let model = try directory.load()
        let read = model.values(.finalNorm, model.configuration)
        #expect(
            read.map(\.bitPattern) == (0..<size).map { numbers[$0 % 6].bitPattern })
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let says: String
        let change: @Sendable (inout ModelDirectory) -> Void

        init(
            _ description: String, says: String,
            _ change: @escaping @Sendable (inout ModelDirectory) -> Void
        ) {
            testDescription = description
            self.says = says
            self.change = change
        }

        /// With one member of `config.json` put before the others.
        init(_ member: String, says: String) {
            self.init(member, says: says) {
                $0.configuration = "{\(member), " + $0.configuration.dropFirst()
            }
        }

        /// With a member of `config.json` under another name.
        init(without key: String, says: String) {
            self.init("without \(key)", says: says) {
                $0.configuration = $0.configuration.replacing("\"\(key)\"", with: "\"none\"")
            }
        }
    }

    static let broken: [Broken] = [
        Broken(
            #""quantization_config": {"quant_method": "gptq", "bits": 4}"#,
            says: "quantised by gptq"),
        Broken(#""quantization_config": {"quant_method": "awq"}"#, says: "quantised by awq"),
        Broken(#""quantization_config": 4"#, says: "quantised by a method"),
        Broken(#""quantization": {"group_size": 64, "bits": 4}"#, says: "quantised by MLX"),
        Broken(#""use_sliding_window": true"#, says: "use_sliding_window is true"),
        Broken(#""num_local_experts": 8"#, says: "num_local_experts is 8: it is a mixture"),
        Broken(#""final_logit_softcapping": 30.0"#, says: "final_logit_softcapping is 30"),
        Broken(#""is_causal": false"#, says: "is_causal is false"),
        Broken(#""vision_config": {}"#, says: "it has vision_config"),
        Broken(#""architectures": ["LlamaForTokenClassification"]"#, says: "no language model"),
        Broken(#""rope_parameters": {"rope_theta": 500.0}"#, says: "rope_theta is 100000.0 at"),
        Broken(#""rope_parameters": {"type": "default", "factor": 4}"#, says: "has factor"),
        Broken("a bias without its key", says: "q_proj.bias is a bias") {
            $0.tensors.append(
                SafetensorsWriter.Tensor(
                    name: "model.layers.0.self_attn.q_proj.bias", shape: [60],
                    values: Array(repeating: 1, count: 60)))
        },
        Broken("a norm", says: "q_norm.weight is a further norm") {
            $0.tensors.append(
                SafetensorsWriter.Tensor(
                    name: "model.layers.0.self_attn.q_norm.weight", shape: [10],
                    values: Array(repeating: 1, count: 10)))
        },
        Broken(#""partial_rotary_factor": 0.5"#, says: "partial_rotary_factor is 0.5"),
        Broken(#""hidden_size": 1"#, says: "'hidden_size' stands twice"),
        Broken(without: "hidden_size", says: "hidden_size is missing"),
        Broken(without: "rms_norm_eps", says: "rms_norm_eps is missing"),
        Broken(without: "model_type", says: "model_type is missing"),
        Broken("architecture", says: "'mistral'; qwen, qwen2, qwen3 and llama are read") {
            $0.configuration = $0.configuration.replacing("\"llama\"", with: "\"mistral\"")
        },
        Broken("activation", says: "'gelu'") {
            $0.configuration = $0.configuration.replacing("\"silu\"", with: "\"gelu\"")
        },
        Broken("scaled positions", says: "of llama3 is missing") {
            $0.configuration = $0.configuration.replacing(
                "\"rope_scaling\": null", with: #""rope_scaling": {"rope_type": "llama3"}"#)
        },
        Broken("no heads", says: "num_attention_heads is 0") {
            $0.configuration = $0.configuration.replacing(
                "\"num_attention_heads\": ", with: "\"num_attention_heads\": 0, \"none\": ")
        },
        Broken("absurd layers", says: "layer count") {
            $0.configuration = $0.configuration.replacing(
                "\"num_hidden_layers\": ", with: "\"num_hidden_layers\": 99999")
        },
        Broken("deep configuration", says: "nests deeper") {
            $0.configuration = String(repeating: "[", count: 100_000)
        },
        Broken("no object", says: "no JSON object") { $0.configuration = "[]" },
        Broken("missing tensor", says: "model.norm.weight is missing") {
            $0.tensors.removeAll { $0.name == "model.norm.weight" }
        },
        Broken("shape", says: "model.norm.weight is 2 × ") {
            for index in $0.tensors.indices where $0.tensors[index].name == "model.norm.weight" {
                $0.tensors[index].shape = [2, $0.tensors[index].shape[0] / 2]
            }
        },
        Broken("type", says: "model.norm.weight is in I32; read are F32, F16, BF16") {
            for index in $0.tensors.indices where $0.tensors[index].name == "model.norm.weight" {
                $0.tensors[index].type = "I32"
            }
        },
    ]

    @Test(arguments: broken, [1, 2])
    func modelsThatCannotRunSayWhy(_ broken: Broken, _ shards: Int) throws {
        var directory = try tiny()
        broken.change(&directory)
        let error = #expect(throws: QwenError.self) { try directory.load(shards: shards) }
        #expect(error?.description.contains(broken.says) == true, "\(error?.description ?? "")")
    }

    @Test func tensorsThatNobodyAsksForMayBeOfAnyType() throws {
        var directory = try tiny()
        directory.tensors.insert(
            SafetensorsWriter.Tensor(
                name: "model.rotary_emb.inv_freq", type: "F8_E4M3", shape: [3], data: [1, 2, 3]),
            at: 1)
        let model = try directory.load()
        #expect(model.configuration.architecture == .llama)
    }

    /// As transformers finds the tensors of a model that was saved alone, or beside a tower.
    @Test(arguments: ["", "language_model.model."])
    func namesMayLackTheirPrefix(_ prefix: String) throws {
        let fixture = try ReferenceFixture.load("llama-gqa")
        var directory = try tiny()
        for index in directory.tensors.indices {
            let name = directory.tensors[index].name
            directory.tensors[index].name =
                name.hasPrefix("model.")
                ? prefix + name.dropFirst(6) : prefix.isEmpty ? name : "language_model." + name
        }
        let model = try directory.load()
        let source = RandomTensorSource(fixture.model, seed: 3)
        for role in TensorRole.all(fixture.model) {
            #expect(model.values(role, fixture.model) == source.values(role, fixture.model))
        }
    }

    @Test func bothPrefixesInOneDirectoryAreRefused() throws {
        var directory = try tiny()
        var copy = directory.tensors[0]
        copy.name = "embed_tokens.weight"
        directory.tensors.append(copy)
        let error = #expect(throws: QwenError.self) { try directory.load() }
        #expect(error?.description.contains("the tensor embed_tokens.weight") == true)
    }

    /// transformers 5 and llama.cpp: a head of its own counts.
    @Test func aHeadBesideATieCounts() throws {
        var directory = try tiny()
        directory.configuration = directory.configuration.replacing(
            "\"tie_word_embeddings\": false", with: "\"tie_word_embeddings\": true")
        #expect(try directory.load().configuration.tiesEmbeddings == false)
        directory.tensors.removeAll { $0.name == "lm_head.weight" }
        #expect(try directory.load().configuration.tiesEmbeddings)
    }

    @Test(arguments: [
        (#""use_sliding_window": false, "sliding_window": 16"#, 64),
        (#""use_sliding_window": true, "sliding_window": 16, "max_window_layers": 3"#, 64),
        (#""use_sliding_window": true, "sliding_window": 16"#, 64),
        (#""use_sliding_window": true, "sliding_window": null, "max_window_layers": 0"#, 64),
        (#""use_sliding_window": true, "sliding_window": 16, "max_window_layers": 2"#, 16),
    ])
    func aWindowBoundsThePositions(_ members: String, _ positions: Int) throws {
        let model = try ReferenceFixture.load("qwen2-gqa").model
        var directory = ModelDirectory(model, RandomTensorSource(model, seed: 3))
        directory.configuration = "{\(members), " + directory.configuration.dropFirst()
        #expect(try directory.load().configuration.maximumPositions == positions)
    }

    /// `Qwen3Config` has heads of 128 numbers where the file does not say, whatever the hidden size.
    @Test func headsOfQwen3AreNotAShareOfTheHiddenSize() throws {
        let model = try ReferenceFixture.load("qwen3-tied").model
        var directory = ModelDirectory(model, RandomTensorSource(model, seed: 3))
        directory.configuration = directory.configuration.replacing(
            "\"head_dim\"", with: "\"none\"")
        let error = #expect(throws: QwenError.self) { try directory.load() }
        #expect(
            error?.description.contains("q_proj.weight is 80 × 48 and should be 512") == true,
            "\(error?.description ?? "")")
    }

    @Test(arguments: ["q", "k"])
    func aQwen3WithoutANormOfHeadsIsRefused(_ product: String) throws {
        let model = try ReferenceFixture.load("qwen3-tied").model
        var directory = ModelDirectory(model, RandomTensorSource(model, seed: 3))
        directory.tensors.removeAll { $0.name == "model.layers.1.self_attn.\(product)_norm.weight" }
        let error = #expect(throws: QwenError.self) { try directory.load() }
        #expect(
            error?.description.contains("layers.1.self_attn.\(product)_norm.weight is missing")
                == true, "\(error?.description ?? "")")
    }

    @Test func aQwen3WithBiasesIsRefused() throws {
        let model = try ReferenceFixture.load("qwen3-tied").model
        var directory = ModelDirectory(model, RandomTensorSource(model, seed: 3))
        directory.configuration = directory.configuration.replacing(
            "\"attention_bias\": false", with: "\"attention_bias\": true")
        let error = #expect(throws: QwenError.self) { try directory.load() }
        #expect(error?.description.contains("attention_bias is true, which is not") == true)
    }

    @Test func partsWithoutAnIndexMustAllBeThere() throws {
        let directory = try tiny()
        let folder = TemporaryDirectory()
        folder.write(directory.configuration, to: "config.json")
        for part in 0..<2 {
            let tensors = directory.tensors.indices.filter { $0 % 2 == part }.map {
                directory.tensors[$0]
            }
            folder.write(
                SafetensorsWriter(tensors).bytes(), to: "model-0000\(part + 1)-of-00002.safetensors"
            )
        }
        #expect(try HuggingFaceModel(directory: folder.path).configuration.layerCount == 3)
        folder.removeFile("model-00001-of-00002.safetensors")
        let error = #expect(throws: QwenError.self) {
            try HuggingFaceModel(directory: folder.path)
        }
        #expect(error?.description.contains("parts 2 of 2") == true)
    }

    @Test(arguments: [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
        ("<!DOCTYPE html><html></html>", "an HTML page"), ("PK\u{3}\u{4}rest of it", "zip archive"),
    ])
    func whatIsNoModelIsNamed(_ text: String, _ says: String) throws {
        for name in ["config.json", "model.safetensors"] {
            let folder = TemporaryDirectory()
            folder.write(try tiny().configuration, to: "config.json")
            folder.write(text, to: name)
            let error = #expect(throws: QwenError.self) {
                try HuggingFaceModel(directory: folder.path)
            }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
        }
        let error = #expect(throws: QwenError.self) { try GGUFModel.reading(Array(text.utf8)) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    @Test func picklesAreRefusedWithTheRemedy() throws {
        let directory = TemporaryDirectory()
        directory.write(try tiny().configuration, to: "config.json")
        let none = #expect(throws: QwenError.self) {
            try HuggingFaceModel(directory: directory.path)
        }
        #expect(none?.description.contains("neither model.safetensors nor") == true)
        directory.write("pickle", to: "pytorch_model.bin")
        let error = #expect(throws: QwenError.self) {
            try HuggingFaceModel(directory: directory.path)
        }
        #expect(error?.description.contains("pytorch_model.bin") == true)
        #expect(error?.description.contains("safe_serialization") == true)
    }

    @Test(arguments: ["../model.safetensors", "/etc/passwd", "..", ".", "", "a/b"])
    func anIndexNamesFilesOfItsDirectoryOnly(_ name: String) throws {
        let directory = TemporaryDirectory()
        directory.write(try tiny().configuration, to: "config.json")
        directory.write(
            #"{"weight_map": {"model.norm.weight": "\#(name)"}}"#,
            to: "model.safetensors.index.json")
        let error = #expect(throws: QwenError.self) {
            try HuggingFaceModel(directory: directory.path)
        }
        #expect(error?.description.contains("names '\(name)'") == true)
    }

    @Test(arguments: [
        ("[]", "no weight_map"), (#"{"weight_map": {"a": 1}}"#, "no file for a"),
        (#"{"weight_map": {"a": "b", "a": "b"}}"#, "stands twice"),
        (#"{"weight_map": {}}"#, "model.embed_tokens.weight is missing"),
    ])
    func aBrokenIndexSaysWhere(_ index: String, _ says: String) throws {
        let directory = TemporaryDirectory()
        directory.write(try tiny().configuration, to: "config.json")
        directory.write(index, to: "model.safetensors.index.json")
        let error = #expect(throws: QwenError.self) {
            try HuggingFaceModel(directory: directory.path)
        }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    private func tiny() throws -> ModelDirectory {
        let model = try ReferenceFixture.load("llama-gqa").model
        return ModelDirectory(model, RandomTensorSource(model, seed: 3))
    }

    /// What is said of a directory of `config.json` and these files.
    private func problem(_ files: [(name: String, text: String)]) throws -> String {
        let folder = TemporaryDirectory()
        folder.write(try tiny().configuration, to: "config.json")
        for file in files { folder.write(file.text, to: file.name) }
        return problem(folder)
    }

    private func problem(_ folder: TemporaryDirectory) -> String {
        do {
            _ = try HuggingFaceModel(directory: folder.path)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func safetensorsOfAnotherNameAreToBeRenamed() throws {
        let one = try problem([("pytorch_model.safetensors", ""), ("pytorch_model.bin", "")])
        #expect(
            one.hasSuffix("called pytorch_model.safetensors; rename it to model.safetensors"),
            "\(one)")
        let two = try problem([("a-1.safetensors", ""), ("a-2.safetensors", "")])
        #expect(two.contains("a-1.safetensors and so on"), "\(two)")
        #expect(two.contains("to model-00001-of-00002.safetensors and so on"), "\(two)")
    }

    @Test func linksOfACacheWithoutItsBlobsAreNamed() throws {
        let folder = TemporaryDirectory()
        symlink("../../blobs/a", folder.path("config.json"))
        let file = problem(folder)
        #expect(file.contains("the link \(folder.path("config.json")) leads to a file"), "\(file)")
        folder.removeFile("config.json")
        folder.write(try tiny().configuration, to: "config.json")
        symlink("../../blobs/b", folder.path("model.safetensors"))
        let weights = problem(folder)
        #expect(weights.contains("the link \(folder.path("model.safetensors"))"), "\(weights)")
    }

    @Test func aPartOfTheIndexThatIsNotThereIsToBeDownloaded() throws {
        let index = #"{"weight_map": {"a": "model-00001-of-00002.safetensors"}}"#
        let text = try problem([("model.safetensors.index.json", index)])
        #expect(
            text.hasSuffix(
                "index.json names model-00001-of-00002.safetensors, which is not there; download it too"
            ),
            "\(text)")
    }

    @Test func aMissingNumberOfHeadsIsNamed() throws {
        var directory = try tiny()
        directory.configuration = directory.configuration.replacing(
            "\"num_key_value_heads\"", with: "\"other\"")
        let error = #expect(throws: QwenError.self) { try directory.load() }
        let text = error?.description ?? ""
        #expect(
            text.contains("k_proj.weight is ") && text.contains("lacks num_key_value_heads"),
            "\(text)")
    }
}
