import TestSupport
import Testing

@testable import Qwen

@Suite struct GenerationConfigurationTests {
    private let directory = TemporaryDirectory()

    private func read(_ text: String) throws -> GenerationConfiguration {
        directory.write(text, to: "generation_config.json")
        return try GenerationConfiguration(directory: directory.path, vocabularySize: 151_936)
    }

    private func options(_ text: String) throws -> SamplingOptions {
        try read(text).sampling(over: SamplingOptions())
    }

    /// Qwen-7B-Chat's, September 2023.
    @Test func theKeysOfQwenAreRead() throws {
        let read = try read(
            """
            {"chat_format": "chatml", "eos_token_id": 151643, "pad_token_id": 151643,
            "max_window_size": 6144, "max_new_tokens": 512, "do_sample": true, "top_k": 0,
            "top_p": 0.5, "transformers_version": "4.31.0"}
            """)
        #expect(read.endTokens == [151643])
        #expect(read.chatFormat == "chatml" && read.windowSize == 6144 && read.newTokens == 512)
        let options = read.sampling(over: SamplingOptions())
        #expect(options.temperature == 1 && options.topK == 0 && options.topP == 0.5)
        #expect(options.repetitionPenalty == 1)
    }

    /// Qwen1.5-7B-Chat's.
    @Test func theKeysOfQwen15AreRead() throws {
        let read = try read(
            """
            {"bos_token_id": 151643, "do_sample": true, "eos_token_id": [151645, 151643],
            "repetition_penalty": 1.05, "temperature": 0.7, "top_p": 0.8, "top_k": 20}
            """)
        #expect(read.endTokens == [151643, 151645])
        #expect(read.newTokens == nil && read.windowSize == nil && read.chatFormat == nil)
        let options = read.sampling(over: SamplingOptions())
        #expect(options.temperature == 0.7 && options.topK == 20 && options.topP == 0.8)
        #expect(options.repetitionPenalty == 1.05)
    }

    @Test func aFileThatIsNotThereSaysNothing() throws {
        let read = try GenerationConfiguration(directory: directory.path, vocabularySize: 10)
        #expect(read == GenerationConfiguration())
        var options = SamplingOptions()
        options.temperature = 0.3
        options.topK = 5
        options.topP = 0.9
        options.repetitionPenalty = 1.1
        options.seed = 4
        #expect(read.sampling(over: options) == options)
    }

    @Test func nullAndUnknownKeysSayNothing() throws {
        #expect(
            try read(
                #"{"temperature": null, "top_k": null, "eos_token_id": null, "use_cache": false}"#)
                == GenerationConfiguration())
    }

    @Test func drawingHasTheDefaultsOfTransformers() throws {
        let draws = try options(#"{"do_sample": true}"#)
        #expect(draws.temperature == 1 && draws.topK == 50 && draws.topP == 1)
        // Without it the temperature is of no use there.
        let greedy = try options(#"{"temperature": 0.7, "top_k": 20}"#)
        #expect(greedy.temperature == 0 && greedy.topK == 20)
        var warm = SamplingOptions()
        warm.temperature = 0.5
        #expect(try read(#"{"do_sample": false}"#).sampling(over: warm).temperature == 0)
    }

    static let broken: [(text: String, says: String)] = [
        ("[]", "no JSON object"),
        ("", "is empty"),
        ("{", "has no name"),
        (#"{"top_k": 1, "top_k": 2}"#, "'top_k' stands twice"),
        (#"{"eos_token_id": -1}"#, "eos_token_id is not a token"),
        (#"{"eos_token_id": 151936}"#, "from 0 to 151935"),
        (#"{"eos_token_id": [1, 151936]}"#, "eos_token_id is not a token"),
        (#"{"eos_token_id": []}"#, "eos_token_id is not a token"),
        (#"{"eos_token_id": [1, null]}"#, "eos_token_id is not a token"),
        (#"{"eos_token_id": [[1]]}"#, "eos_token_id is not a token"),
        (#"{"eos_token_id": "151643"}"#, "eos_token_id is not a token"),
        (#"{"eos_token_id": 1.5}"#, "eos_token_id is not a token"),
        (#"{"eos_token_id": 99999999999999999999}"#, "eos_token_id is not a token"),
        (#"{"do_sample": 1}"#, "do_sample is not true or false"),
        (#"{"temperature": -0.1}"#, "temperature is not a number of 0 or more"),
        (#"{"temperature": "0.7"}"#, "temperature is not a number"),
        (#"{"temperature": 1e300}"#, "temperature is not a number"),
        (#"{"temperature": 1e999}"#, "too large"),
        (#"{"temperature": NaN}"#, "NaN is not JSON"),
        (#"{"temperature": [0.7]}"#, "temperature is not a number"),
        (#"{"top_k": -1}"#, "top_k is not a whole number"),
        (#"{"top_k": 2.5}"#, "top_k is not a whole number"),
        (#"{"top_k": 4294967296}"#, "top_k is not a whole number"),
        (#"{"top_p": 0}"#, "top_p is not a number above 0 and up to 1"),
        (#"{"top_p": 1.01}"#, "top_p is not a number above 0 and up to 1"),
        (#"{"top_p": 1e-60}"#, "top_p is not a number above 0"),
        (#"{"repetition_penalty": 0}"#, "repetition_penalty is not a number above 0"),
        (#"{"repetition_penalty": true}"#, "repetition_penalty is not a number"),
        (#"{"max_new_tokens": 0}"#, "max_new_tokens is not a whole number from 1"),
        (#"{"max_new_tokens": 9223372036854775807}"#, "max_new_tokens is not a whole number"),
        (#"{"max_window_size": -6144}"#, "max_window_size is not a whole number"),
        (#"{"chat_format": 1}"#, "chat_format is not a text"),
    ]

    @Test(arguments: broken)
    func brokenFilesSayWhatIsWrong(_ text: String, _ says: String) throws {
        let error = #expect(throws: (any Error).self) { try read(text) }
        let description = "\(try #require(error))"
        #expect(description.contains(says), "\(description)")
        #expect(description.contains("generation_config.json"))
    }

    @Test func everyCutAndEveryFlippedBitIsAnErrorOrAResult() throws {
        let good = Array(
            #"{"do_sample": true, "eos_token_id": [1, 2], "top_p": 0.8, "top_k": 20}"#.utf8)
        for count in 1..<good.count {
            directory.write(Array(good[..<count]), to: "generation_config.json")
            #expect(throws: QwenError.self) {
                try GenerationConfiguration(directory: directory.path, vocabularySize: 10)
            }
        }
        var refused = 0
        for index in good.indices {
            for bit in 0..<8 {
                var flipped = good
                flipped[index] ^= 1 << bit
                directory.write(flipped, to: "generation_config.json")
                do {
                    _ = try GenerationConfiguration(directory: directory.path, vocabularySize: 10)
                } catch is QwenError {
                    refused += 1
                }
            }
        }
        #expect(refused > 100)
    }
}
