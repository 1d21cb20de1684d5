import Foundation
import Suite
import TestSupport
import Testing

@testable import tokenmark

/// `run --task precision`.
@Suite struct PrecisionTaskTests {
    private let directory = TemporaryDirectory()

    private func questions(_ count: Int, _ split: String) -> String {
        let letters = ["B", "A", "D", "C"]
        let lines = (0..<count).map { index in
            "\(index),Which is \(index + 1)?,\((0..<4).map { "\(index + $0)" }.joined(separator: ",")),"
                + letters[index % 4]
        }
        let titles = "id,question,A,B,C,D,answer"
        guard split == "dev" else { return ([titles] + lines).joined(separator: "\n") + "\n" }
        return (["\(titles),explanation"] + lines.map { $0 + ",none" }).joined(separator: "\n")
    }

    private func writeExam(val: Int, dev: Int) throws {
        for (split, count) in [("val", val), ("dev", dev)] {
            try FileManager.default.createDirectory(
                atPath: directory.path("data/\(split)"), withIntermediateDirectories: true)
            for subject in ["law", "college_physics"] {
                directory.write(
                    questions(count, split), to: "data/\(split)/\(subject)_\(split).csv")
            }
        }
    }

    private func run(
        _ model: String, _ precision: String, _ more: String...
    ) throws -> Program.Result {
        directory.write(
            """
            [model]
            model_path=\(model)
            [precision]
            work_dir=\(directory.path)
            \(precision)
            """, to: "config.ini")
        return try Program.run(
            [
                "run", "--config", directory.path("config.ini"), "--task", "precision",
            ] + more)
    }

    private func tinyModel() -> String {
        directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
    }

    @Test func answersAndAccuraciesAreWritten() throws {
        try writeExam(val: 3, dev: 2)
        let result = try run(tinyModel(), "shot=1\nseq_len_out=4")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.error.contains("warning: 50 of 52 subjects"))
        let lines = try #require(directory.read("test_result/cache0.csv")).split(separator: "\n")
            .map { $0.split(separator: ",").map(String.init) }
        #expect(lines.map { $0[0] } == ["0", "1", "2", "3", "4", "5"])
        #expect(
            lines.map { $0[1] }
                == Array(repeating: "college_physics", count: 3) + Array(repeating: "law", count: 3)
        )
        #expect(lines.map { $0[2] } == ["B", "A", "D", "B", "A", "D"])
        let right = lines.filter { $0[2] == $0[3] }.count
        #expect(result.output.contains("Avg: \(Double(right) / 6) (\(right) of 6)\n"))
        let classes = try #require(directory.read("test_result/result_0_classes_acc.json"))
        #expect(classes.hasPrefix("{\"STEM\": ") && classes.contains("\"Avg(Hard)\": "))
        let subjects = try #require(directory.read("test_result/result_0_subject_acc.json"))
        #expect(subjects.hasPrefix("{\"college_physics\": "))
        let log = try #require(directory.read("test_result/device0.log"))
        #expect(log.split(separator: "\n").count == 1 + 2 * 6)
        #expect(log.hasPrefix("parameters: model="))
        #expect(log.contains(" tokens, 1 examples\n"))
        #expect(log.contains("label: D"))
    }

    /// One at a time goes on from the prompt before; several at once do not.
    @Test func answersAreTheSameOneByOneAndTogether() throws {
        try writeExam(val: 3, dev: 2)
        let model = tinyModel()
        let settings = "shot=1\nseq_len_out=4\nbatch="
        #expect(try run(model, settings + "1").status == 0)
        let alone = try #require(directory.read("test_result/cache0.csv"))
        try FileManager.default.removeItem(atPath: directory.path("test_result"))
        #expect(try run(model, settings + "2").status == 0)
        #expect(directory.read("test_result/cache0.csv") == alone)
    }

    @Test func whatWasCutOffGoesOn() throws {
        try writeExam(val: 3, dev: 2)
        let model = tinyModel()
        let settings = "shot=1\nseq_len_out=4"
        #expect(try run(model, settings).status == 0)
        let whole = try #require(directory.read("test_result/cache0.csv"))
        let classes = directory.read("test_result/result_0_classes_acc.json")
        let cut = whole.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n2,coll"
        directory.write(cut, to: "test_result/cache0.csv")
        let again = try run(model, settings)
        #expect(again.status == 0, "\(again.error)")
        #expect(again.error.contains("2 of 6 questions are answered already"))
        #expect(!again.error.contains("skipped"))
        #expect(directory.read("test_result/cache0.csv") == whole)
        #expect(directory.read("test_result/result_0_classes_acc.json") == classes)

        let other = try run(model, "shot=2\nseq_len_out=4")
        #expect(other.status == 2)
        #expect(other.error.contains("delete the folder to begin anew"))
        #expect(directory.read("test_result/cache0.csv") == whole)
    }

    /// What was asked is in the folder: neither the options nor the configuration are needed again.
    @Test func whatWasCutOffGoesOnFromItsFolderAlone() throws {
        try writeExam(val: 3, dev: 2)
        let settings = "shot=1\nseq_len_out=4"
        #expect(
            try run(tinyModel(), settings, "--report-dir", directory.path("answers")).status == 0)
        let whole = try #require(directory.read("answers/cache0.csv"))
        directory.write(
            whole.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n",
            to: "answers/cache0.csv")
        directory.removeFile("config.ini")
        let again = try Program.run(["run", "--resume", directory.path("answers")])
        #expect(again.status == 0, "\(again.error)")
        #expect(directory.read("answers/cache0.csv") == whole)
        #expect(
            directory.read("answers/manifest.json")?.contains("\"status\" : \"completed\"") == true)
        let report = try Program.run(["report", directory.path("answers")])
        #expect(report.status == 2 && report.error.contains("answers of run --task precision"))
    }

    @Test func aFirstAttemptWithoutAnswersLeavesTheFolderFree() throws {
        try writeExam(val: 3, dev: 2)
        try FileManager.default.createDirectory(
            atPath: directory.path("test_result"), withIntermediateDirectories: true)
        directory.write("parameters: of another run\n", to: "test_result/device0.log")
        directory.write("", to: "test_result/cache0.csv")
        #expect(try run(tinyModel(), "shot=1\nseq_len_out=4").status == 0)
    }

    /// Who gave the answers is not known without the log, nor to which texts.
    @Test func answersOfUnknownOriginAreRefused() throws {
        try writeExam(val: 3, dev: 2)
        let model = tinyModel()
        let settings = "shot=1\nseq_len_out=4"
        #expect(try run(model, settings).status == 0)
        let path = "data/dev/law_dev.csv"
        let examples = try #require(directory.read(path))
        directory.write(examples.replacing("Which is 1?", with: "Which is one?"), to: path)
        #expect(try run(model, settings).error.contains("delete the folder"))
        directory.write(examples, to: path)
        #expect(try run(model, settings).status == 0)
        let log = try #require(directory.read("test_result/device0.log"))
        directory.removeFile("test_result/device0.log")
        let unknown = try run(model, settings)
        #expect(unknown.status == 2 && unknown.error.contains("(unknown)"))
        // A line that was cut off does not run into the next.
        directory.write(log + "question 5, l", to: "test_result/device0.log")
        #expect(try run(model, settings).status == 0)
        #expect(directory.read("test_result/device0.log") == log + "question 5, l\n")
    }

    @Test func anExamWithoutAQuestionThatFitsIsAnError() throws {
        try writeExam(val: 3, dev: 2)
        let result = try run(tinyModel(), "shot=1\nseq_len_out=500")
        #expect(result.status == 2)
        #expect(result.error.contains("each prompt has more than 12 tokens"), "\(result.error)")
        #expect(directory.read("test_result/result_0_classes_acc.json") == nil)
    }

    /// The tiny model sees 512 tokens, a character each.
    @Test func aPromptThatIsTooLongIsSkippedAndSaid() throws {
        try writeExam(val: 3, dev: 2)
        let path = "data/val/law_val.csv"
        let text = try #require(directory.read(path))
        let long = String(repeating: "x", count: 500)
        directory.write(text.replacing("Which is 2?", with: long), to: path)
        let result = try run(tinyModel(), "shot=1\nseq_len_out=4")
        #expect(result.status == 0, "\(result.error)")
        let cache = try #require(directory.read("test_result/cache0.csv"))
        #expect(cache.split(separator: "\n").map { $0.prefix(1) } == ["0", "1", "2", "3", "5"])
        let log = try #require(directory.read("test_result/device0.log"))
        #expect(log.contains("question 4, law: skipped"))
        #expect(result.error.contains("warning: 1 of 6 questions were skipped"))
    }

    @Test func badSettingsAreOneClearLine() throws {
        let model = tinyModel()
        let cases = [
            ("shot=1", "has no questions of C-Eval"),
            ("seq_len_out=512", "leaves no room for a prompt"),
            ("batch=0", "'0' is not a whole number from 1"),
        ]
        for (settings, problem) in cases {
            let result = try run(model, settings)
            #expect(result.status == 2)
            #expect(result.error.contains(problem), "\(result.error)")
            #expect(result.error.split(separator: "\n").count == 1)
        }
    }

    @Test(
        .enabled(
            if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func aTrainedModelAnswersWithLetters() throws {
        try writeExam(val: 2, dev: 4)
        let result = try run(TrainedModel.path, "shot=4")
        #expect(result.status == 0, "\(result.error)")
        let cache = try #require(directory.read("test_result/cache0.csv"))
        for line in cache.split(separator: "\n") {
            #expect(["A", "B", "C", "D"].contains(line.suffix(1)))
        }
    }
}
