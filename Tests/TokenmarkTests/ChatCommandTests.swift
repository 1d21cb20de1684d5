import Foundation
import TestSupport
import Testing

@Suite struct ChatCommandTests {
    private let directory = TemporaryDirectory()

    private func chat(_ input: String, _ options: [String] = []) throws -> Program.Result {
        let path = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        return try Program.run(
            ["chat", "--weights", path, "--precision", "f32", "--max-new-tokens", "8"] + options,
            input: input)
    }

    /// The lines on stderr, one for each answer.
    private func facts(_ result: Program.Result) -> [Substring] {
        result.error.split(separator: "\n")
    }

    @Test func everyMessageHasAnAnswerWithItsTimes() throws {
        let result = try chat("hello\n\n  again \n/clear\nhello\n/exit\nnot read\n")
        #expect(result.status == 0, "\(result.error)")
        let facts = facts(result)
        #expect(facts.count == 3)
        for line in facts { #expect(line.hasPrefix("FTL: ") && line.contains(" s, TPS: ")) }
        // System 1 + 35 + 2; question 1 + 5 + 5 + 2; header 1 + 10: a token for each byte.
        #expect(facts[0].hasSuffix("(62 prompt tokens)"))
        #expect(facts[2].hasSuffix("(62 prompt tokens)"))
        let second = try #require(facts[1].split(separator: "(").last?.split(separator: " ").first)
        #expect(try #require(Int(second)) > 62 + 13)
    }

    @Test func whatIsTooLongIsRefusedAndTheChatGoesOn() throws {
        let long = String(repeating: "x", count: 100)
        let result = try chat("hi\n\(long)\nhi\n", ["--max-seq-len", "72", "--system", ""])
        #expect(result.status == 0)
        let facts = facts(result)
        #expect(facts.count == 3)
        #expect(facts[1].contains("the message is 119 tokens long"))
        #expect(facts[1].contains("room for 64"))
        #expect(facts[2].contains("prompt tokens"))
    }

    @Test func theOldestTurnsLeaveTheWindow() throws {
        let result = try chat(
            "hi\nhi\nhi\nhi\n", ["--max-seq-len", "90", "--system", ""])
        #expect(result.status == 0)
        #expect(facts(result).last?.contains("oldest turns left out") == true, "\(result.error)")
    }

    @Test func aModelWithoutTheMarkupIsRefused() throws {
        let path = directory.write(GGUFWriter.tinyModel().bytes(), to: "tiny.gguf")
        let result = try Program.run(
            ["chat", "--weights", path, "--max-new-tokens", "8"], input: "hello\n")
        #expect(result.status == 2)
        #expect(result.error.contains("<|im_start|>"))
        #expect(result.error.contains("tokenmark generate"))
        #expect(result.error.split(separator: "\n").count == 1)
    }

    @Test(
        .enabled(
            if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func theSecondAnswerKnowsTheFirstTurnUntilItIsForgotten() throws {
        func answers(_ input: String) throws -> String {
            let result = try Program.run(
                [
                    "chat", "--weights", TrainedModel.path, "--precision", "f32",
                    "--max-new-tokens", "24",
                ], input: input)
            #expect(result.status == 0, "\(result.error)")
            return result.output
        }
        let (statement, question) = (
            "The secret word is banana. Say it.\n", "What is the secret word?\n"
        )
        let first = try answers(statement)
        let alone = try answers(question)
        #expect(first.count > 5 && alone.count > 5)
        #expect(try answers(statement + "/clear\n" + question) == first + alone)
        let remembered = try answers(statement + question)
        #expect(remembered.hasPrefix(first))
        #expect(remembered != first + alone)
        #expect(remembered.dropFirst(first.count).contains("banana"))
        #expect(!alone.contains("banana"))
    }
}
