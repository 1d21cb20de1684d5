import Foundation
import Kernels
import Qwen
import Testing

/// SmolLM2-135M-Instruct, which `scripts/fetch-models` brings.
enum TrainedModel {
    static let path: String = {
        let environment = ProcessInfo.processInfo.environment
        let folder =
            environment["TOKENMARK_MODELS"]
            ?? (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache")
            + "/tokenmark"
        return folder + "/SmolLM2-135M-Instruct.Q4_1.gguf"
    }()

    static var isThere: Bool { FileManager.default.fileExists(atPath: path) }
}

@Suite(
    .enabled(
        if: TrainedModel.isThere,
        "SmolLM2 is missing; scripts/fetch-models brings it"))
struct TrainedModelTests {
    struct TokenCase: Decodable {
        let text: String
        let ids: [Int]
    }

    struct TokenCases: Decodable {
        let cases: [TokenCase]
    }

    @Test func tokensAreThoseOfAnotherImplementation() throws {
        let tokenizer = try Tokenizer(GGUFModel(path: TrainedModel.path).file)
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/tokenizer/smollm2", withExtension: "json"))
        let cases = try JSONDecoder().decode(TokenCases.self, from: Data(contentsOf: url)).cases
        #expect(cases.count >= 30)
        for test in cases {
            #expect(try tokenizer.encode(test.text) == test.ids, "\(test.text)")
            #expect(
                try Array(tokenizer.decode(test.ids).unicodeScalars)
                    == Array(test.text.unicodeScalars))
        }
    }

    struct Story: Sendable {
        let prompt: String
        let answer: String
    }

    static let stories = [
        Story(
            prompt: "The capital of France is",
            answer: " Paris.\n\nThe answer is: 2018-01-22 12:12:53."),
        Story(
            prompt: "Once upon a time, in a small village",
            answer: " nestled between a great oak and a great eagle, there lived a wise and "
                + "powerful wizard named Elwendi. Elwendi was known for her"),
    ]

    struct Machine: CustomTestStringConvertible, Sendable {
        let instructionSet: InstructionSet
        let precision: Precision
        let threads: Int

        var testDescription: String { "\(instructionSet) \(precision) \(threads) threads" }

        static let all =
            InstructionSet.usable.map {
                Machine(instructionSet: $0, precision: .f32, threads: 2)
            } + [
                Machine(instructionSet: .best, precision: .f32, threads: 1),
                Machine(instructionSet: .best, precision: .bf16, threads: 2),
            ]
    }

    @Test(arguments: Machine.all)
    func greedyTextIsExact(_ machine: Machine) throws {
        let gguf = try GGUFModel(path: TrainedModel.path)
        let tokenizer = try Tokenizer(gguf.file)
        let generation = try Generation(
            gguf.configuration, source: gguf, precision: machine.precision,
            instructionSet: machine.instructionSet, threads: machine.threads)
        for story in Self.stories {
            let prompt = try tokenizer.encode(story.prompt).map { Int32($0) }
            let tokens = try generation.run([prompt], count: 32)[0].map { Int($0.token) }
            let end = tokens.firstIndex(where: tokenizer.endTokens.contains) ?? tokens.count
            #expect(try tokenizer.decode(Array(tokens[..<end])) == story.answer)
        }
    }
}
