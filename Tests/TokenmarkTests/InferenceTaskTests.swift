import Foundation
import Suite
import TestSupport
import Testing

@testable import tokenmark

/// `run --task inference`.
@Suite struct InferenceTaskTests {
    private let directory = TemporaryDirectory()

    private func run(_ text: String, _ more: [String] = []) throws -> Program.Result {
        directory.write(text, to: "config.ini")
        return try Program.run(
            ["run", "--config", directory.path("config.ini"), "--task", "inference"] + more)
    }

    @Test func everyPromptIsAnsweredAndEveryBatchTimed() throws {
        let path = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let result = try run("[model]\nmodel_path=\(path)\n")
        #expect(result.status == 0, "\(result.error)")
        for prompt in InferenceDemo.batches.joined() {
            #expect(result.output.contains("prompt: \(prompt)\nanswer: "))
        }
        #expect(!result.output.contains("Hamlet"))
        #expect(result.output.contains("\nbatch 1, FTL: "))
        #expect(result.output.contains("\nbatch 2, FTL: "))
        #expect(result.output.hasSuffix(AnswerTimes.definitions + "\n"))
    }

    @Test(
        .enabled(
            if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func aTrainedModelAnswersInWords() throws {
        let result = try run(
            "[model]\nmodel_path=\(TrainedModel.path)\n", ["--precision", "f32"])
        #expect(result.status == 0, "\(result.error)")
        // As `generate` answers that prompt alone.
        let alone = try Program.run([
            "generate", "--weights", TrainedModel.path, "--precision", "f32", "--prompt",
            "The CEO of Google is", "--max-new-tokens", "64", "--repetition-penalty", "1.1",
        ])
        #expect(alone.output.count > 10)
        #expect(result.output.contains("prompt: The CEO of Google is\nanswer: \(alone.output)"))
    }

    @Test func weightsAreAskedFor() throws {
        let random = try run("[performance]\nmodel_name=qwen1.5-0.5b\n")
        #expect(random.status == 2)
        #expect(random.error.contains("[model] model_path"))
        #expect(random.error.split(separator: "\n").count == 1)
        let report = try run("[model]\nmodel_path=x\n", ["--report-dir", "out"])
        #expect(report.status == 2 && report.error.contains("--report-dir"))
    }
}
