import Foundation
import Glibc
import Kernels
import Machine
import Qwen
import Suite
import TestSupport
import Testing

@testable import tokenmark

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
        #expect(facts[0].hasSuffix("(62 prompt tokens, 62 processed)"))
        let (whole, processed) = try Self.counts(facts[1])
        #expect(whole > 62 + 13)
        // The end of the answer, a line end, the question and the header: 2 + 13 + 11, and the
        // last token of an answer that was cut off.
        #expect(26...27 ~= processed)
        // All of it stands in the cache, at the beginning of the second prompt; the last token is
        // processed for its logits.
        #expect(facts[2].hasSuffix("(62 prompt tokens, 1 processed)"))
    }

    /// Tokens of the prompt, and how many of them were processed.
    private static func counts(_ fact: Substring) throws -> (whole: Int, processed: Int) {
        let words = try #require(fact.split(separator: "(").last).split(separator: " ")
        return (try #require(Int(words[0])), try #require(Int(words[3])))
    }

    @Test func aPackedFileChatsAlone() throws {
        let direct = try chat("hello\nagain\n")
        let packed = directory.path("tiny.packed")
        let converted = try Program.run([
            "convert", "--weights", directory.path("tiny.gguf"), "--precision", "f32", "--output",
            packed,
        ])
        #expect(converted.status == 0, "\(converted.error)")
        #expect(unlink(directory.path("tiny.gguf")) == 0)
        let result = try Program.run(
            ["chat", "--weights", packed, "--max-new-tokens", "8"], input: "hello\nagain\n")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output == direct.output)
    }

    @Test func whatIsTooLongIsRefusedAndTheChatGoesOn() throws {
        let long = String(repeating: "x", count: 100)
        let result = try chat("hi\n\(long)\nhi\n", ["--max-seq-len", "72", "--system", ""])
        #expect(result.status == 1)
        let facts = facts(result)
        #expect(facts.count == 3)
        #expect(facts[1].contains("the message is 119 tokens long"))
        #expect(facts[1].contains("room for 64"))
        #expect(facts[2].contains("prompt tokens"))
    }

    @Test func theOldestTurnsLeaveTheWindow() throws {
        let result = try chat(
            "ab\ncd\nef\ngh\n", ["--max-seq-len", "90", "--system", ""])
        #expect(result.status == 0)
        let last = try #require(facts(result).last)
        #expect(last.contains("oldest turns left out"), "\(result.error)")
        // The first turn is another one: only its header, 1 + 5, is where it was.
        let (whole, processed) = try Self.counts(last)
        #expect(processed == whole - 6)
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

    /// The second answer is the one to a prompt that is processed whole.
    @Test(
        .enabled(
            if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func aTurnFromTheCacheIsAnsweredAsFromScratch() throws {
        let file = try GGUFModel(path: TrainedModel.path)
        let topology = try Topology.read()
        let model = try Model(
            file.configuration, source: file, precision: .bf16,
            execution: Execution(
                pool: WorkerPool(
                    placement: Placement.choose(
                        threads: nil, cpus: nil, topology: topology,
                        limits: ResourceLimits.current())), instructionSet: .best, policy: .local,
                topology: topology), availableBytes: nil)
        let session = try Session(model: model, batch: 1, capacity: 512, availableBytes: nil)
        let markup = try ChatMarkup(file.file)
        let text = try markup.usualTemplate()
        let template = try ChatTemplate(#require(text), tokens: markup.tokens)
        var conversation = try Conversation(
            Tokenizer(file.file), template: template, window: 480)
        var known: [Int] = []
        for question in ["Name a fruit.", "And another one?", "Which of them is sweeter?"] {
            let prompt = try conversation.ask(question).tokens
            func answer(known: [Int]) throws -> Generation {
                try Generation(
                    session,
                    .init(
                        prompts: [prompt], known: known, options: SamplingOptions(),
                        endTokens: conversation.endTokens, limit: 24))
            }
            let continued = try answer(known: known)
            #expect(continued.processedTokens <= prompt.count - max(0, known.count - 1))
            let whole = try answer(known: [])
            #expect(continued.answers == whole.answers)
            conversation.answer(whole.answers[0])
            known = prompt + whole.processedAnswer(0)
        }
    }
}
