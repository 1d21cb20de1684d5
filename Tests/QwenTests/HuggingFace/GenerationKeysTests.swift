import TestSupport
import Testing

@testable import Qwen

/// The keys that say how a model answers, each as docs/models.md has it.
@Suite struct GenerationKeysTests {
    private let directory = TemporaryDirectory()

    private func read(_ text: String) throws -> GenerationConfiguration {
        directory.write(text, to: "generation_config.json")
        return try GenerationConfiguration(directory: directory.path, vocabularySize: 100)
    }

    private func file(_ keys: [(String, GGUFWriter.Value)]) throws -> GenerationConfiguration {
        var writer = GGUFWriter.tinyModel()
        for (key, value) in keys { writer.set(key, value) }
        return try writer.bytes().withUnsafeBytes {
            try GenerationConfiguration(GGUFFile($0), vocabularySize: 258)
        }
    }

    // MARK: - generation_config.json

    @Test(arguments: [
        ("min_p", "0.05"), ("typical_p", "0.9"), ("top_h", "0.4"), ("epsilon_cutoff", "0.1"),
        ("eta_cutoff", "0.1"), ("num_beams", "4"), ("penalty_alpha", "0.6"),
        ("no_repeat_ngram_size", "3"), ("min_length", "5"), ("min_new_tokens", "5"),
        ("bad_words_ids", "[[1]]"), ("sequence_bias", "[[[1], 2.0]]"),
        ("begin_suppress_tokens", "[1]"), ("forced_bos_token_id", "1"),
        ("forced_eos_token_id", "1"), ("exponential_decay_length_penalty", "[1, 1.1]"),
        ("guidance_scale", "1.5"), ("stop_strings", #"["x"]"#), ("watermarking_config", "{}"),
        ("token_healing", "true"), ("encoder_repetition_penalty", "1.2"),
        ("dola_layers", #""high""#),
        ("force_words_ids", "[[1]]"), ("constraints", "[1]"), ("stop_words_ids", "[[1, 2]]"),
    ])
    func whatIsNotDoneIsNamed(_ key: String, _ value: String) throws {
        #expect(try read(#"{"\#(key)": \#(value)}"#).undone == [key])
        #expect(try read(#"{"\#(key)": null}"#).undone == [])
    }

    @Test(arguments: [
        ("min_p", "0"), ("typical_p", "1.0"), ("typical_p", "1"), ("epsilon_cutoff", "0.0"),
        ("eta_cutoff", "0"), ("num_beams", "1"), ("penalty_alpha", "0.0"),
        ("no_repeat_ngram_size", "0"), ("min_length", "0"), ("min_new_tokens", "0"),
        ("bad_words_ids", "[]"), ("begin_suppress_tokens", "[]"), ("guidance_scale", "1.0"),
        ("stop_strings", "[]"), ("token_healing", "false"), ("encoder_repetition_penalty", "1.0"),
        // Without what they belong to, or of how it is computed.
        ("length_penalty", "2.0"), ("early_stopping", "true"), ("diversity_penalty", "1"),
        ("num_beam_groups", "2"), ("pad_token_id", "9999"), ("bos_token_id", "9999"),
        ("decoder_start_token_id", "1"), ("use_cache", "false"),
        ("cache_implementation", #""static""#),
        ("max_time", "1.0"), ("assistant_confidence_threshold", "0.4"),
        ("prompt_lookup_num_tokens", "3"), ("output_scores", "true"), ("num_return_sequences", "2"),
        ("remove_invalid_values", "true"), ("_from_model_config", "true"), ("anything", "1"),
    ])
    func whatChangesNothingIsNotSaid(_ key: String, _ value: String) throws {
        #expect(try read(#"{"\#(key)": \#(value)}"#) == GenerationConfiguration())
    }

    @Test func stopWordsOfOneTokenEndAnAnswer() throws {
        let read = try read(#"{"eos_token_id": 1, "stop_words_ids": [[2], [3]]}"#)
        #expect(read.endTokens == [1, 2, 3] && read.undone == [])
        for wrong in ["1", "[1]", "[[100]]", "[[-1]]"] {
            let error = #expect(throws: QwenError.self) {
                try self.read(#"{"stop_words_ids": \#(wrong)}"#)
            }
            #expect(error?.description.contains("stop_words_ids is not a list of lists") == true)
        }
    }

    @Test func suppressedTokensAreThoseOfTheModel() throws {
        #expect(try read(#"{"suppress_tokens": [7, 3, 3, 100]}"#).suppressedTokens == [3, 7])
        #expect(try read(#"{"suppress_tokens": []}"#).suppressedTokens == [])
        let all = (0..<100).map(String.init).joined(separator: ",")
        for wrong in ["1", "[1.5]", "[\(all)]"] {
            #expect(throws: QwenError.self) { try read(#"{"suppress_tokens": \#(wrong)}"#) }
        }
        var options = SamplingOptions()
        options.suppressedTokens = [1]
        var sampler = try Sampler(options, vocabularySize: 3)
        #expect(try sampler.next([1, 3, 2]) == 2)
    }

    @Test func endTokensOfTheConfigurationJoin() throws {
        directory.write(#"{"eos_token_id": [4, 5]}"#, to: "config.json")
        #expect(try read(#"{"eos_token_id": 1}"#).endTokens == [1, 4, 5])
        directory.write(#"{"eos_token_id": 100}"#, to: "config.json")
        let error = #expect(throws: QwenError.self) { try read("{}") }
        #expect(error?.description.contains("config.json cannot be used: eos_token_id") == true)
    }

    /// Only a file that is broken is to be fetched again.
    @Test func aWrongValueIsNotDownloadedAgain() throws {
        for text in [
            #"{"eos_token_id": 100}"#, #"{"top_k": -1}"#, #"{"do_sample": 1}"#,
            #"{"max_length": 0}"#,
        ] {
            let error = #expect(throws: QwenError.self) { try read(text) }
            let description = error?.description ?? ""
            #expect(description.contains("remove the key") && !description.contains("download"))
        }
        let broken = #expect(throws: QwenError.self) { try read("{") }
        #expect(broken?.description.contains("download it again") == true)
    }

    // MARK: - GGUF

    @Test func samplingOfAFileIsRead() throws {
        let read = try file([
            ("general.sampling.temp", .float32(0.5)), ("general.sampling.top_k", .uint32(20)),
            ("general.sampling.top_p", .float32(0.75)),
            ("general.sampling.penalty_repeat", .float32(1.25)),
        ])
        let options = read.sampling(over: SamplingOptions())
        #expect(options.temperature == 0.5 && options.topK == 20 && options.topP == 0.75)
        #expect(options.repetitionPenalty == 1.25 && read.undone == [])
        #expect(try file([]) == GenerationConfiguration())
    }

    /// All tokens, and not transformers' 50; greedy at 0.
    @Test func temperatureAloneDrawsFromAll() throws {
        let read = try file([("general.sampling.temp", .float32(0.5))])
        #expect(read.sampling(over: SamplingOptions()).topK == 0)
        let greedy = try file([("general.sampling.temp", .float32(0))])
        #expect(greedy.sampling(over: SamplingOptions()).temperature == 0)
    }

    @Test(
        arguments: [
            ("general.sampling.sequence", .text("top_k"), true),
            ("general.sampling.min_p", .float32(0.05), true),
            ("general.sampling.min_p", .float32(0), false),
            ("general.sampling.xtc_probability", .float32(0.5), true),
            ("general.sampling.xtc_probability", .float32(0), false),
            ("general.sampling.xtc_threshold", .float32(0.1), false),
            ("general.sampling.mirostat", .uint32(2), true),
            ("general.sampling.mirostat", .uint32(0), false),
            ("general.sampling.mirostat_tau", .float32(5), false),
            ("general.sampling.mirostat_eta", .float32(0.1), false),
            ("general.sampling.penalty_last_n", .uint32(64), false),
        ] as [(String, GGUFWriter.Value, Bool)])
    func otherWaysToDrawAreNamed(_ key: String, _ value: GGUFWriter.Value, _ isSaid: Bool) throws {
        #expect(try file([(key, value)]).undone == (isSaid ? [key] : []))
    }

    @Test func whatBelongsToAnotherKeyIsNamedBesideIt() throws {
        #expect(
            try file([
                ("general.sampling.mirostat", .uint32(1)),
                ("general.sampling.mirostat_tau", .float32(5)),
                ("general.sampling.penalty_repeat", .float32(1.1)),
                ("general.sampling.penalty_last_n", .uint32(64)),
            ]).undone == [
                "general.sampling.mirostat", "general.sampling.mirostat_tau",
                "general.sampling.penalty_last_n",
            ])
    }

    @Test(
        arguments: [
            ("general.sampling.top_p", .float32(2)), ("general.sampling.top_p", .float32(0)),
            ("general.sampling.penalty_repeat", .float32(0)),
            ("general.sampling.temp", .float32(.nan)),
            ("general.sampling.temp", .text("warm")), ("general.sampling.top_k", .float32(1e20)),
            ("tokenizer.ggml.suppress_tokens", .uint32(1)),
        ] as [(String, GGUFWriter.Value)])
    func aWrongValueOfAFileIsNamed(_ key: String, _ value: GGUFWriter.Value) {
        let error = #expect(throws: QwenError.self) { try file([(key, value)]) }
        #expect(error?.description.contains(key) == true)
    }
}
