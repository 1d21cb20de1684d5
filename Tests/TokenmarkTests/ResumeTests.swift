import Foundation
import Glibc
import TestSupport
import Testing

/// Sweeps that are killed, and go on.
@Suite struct ResumeTests {
    private static let grid = [
        "--batch", "1,2,3", "--pairs", "8x4,5x1", "--repetitions", "30", "--no-roof", "--precision",
        "f32",
    ]

    private func arguments(_ model: TinyModelFile, _ more: [String]) -> [String] {
        ["sweep", "--weights", model.path] + Self.grid + more
    }

    /// The columns of a CSV that do not depend on how long things took.
    private func timeless(_ text: String, _ names: [String]) -> [[String]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        let columns = names.compactMap { lines[0].firstIndex(of: $0) }
        return lines.dropFirst().map { line in columns.map { line[$0] } }
    }

    @Test func aSweepKilledTwentyTimesIsTheSameAsAnUninterruptedOne() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("killed")
        var generator = SeededGenerator(seed: 20)
        var kills = 0
        while kills < 20 {
            let (process, _, _) = try Program.start(arguments(model, ["--resume", directory]))
            usleep(UInt32.random(in: 20_000...260_000, using: &generator))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            kills += 1
        }
        let last = try Program.run(arguments(model, ["--resume", directory]))
        #expect(last.status == 0, "\(last.error)")
        let whole = try Program.run(
            arguments(model, ["--report-dir", model.directory.path("whole")]))
        #expect(whole.status == 0, "\(whole.error)")

        let samples = try model.text("killed/samples.jsonl")
        #expect(samples.hasSuffix("\n"))
        var seen: Set<String> = []
        for line in samples.split(separator: "\n") {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            // Every run that was cut off has begun with the control cell.
            if object["kind"] as? String == "control" { continue }
            let point = try #require(object["point"] as? String)
            let repetition = try #require(object["repetition"] as? Int)
            #expect(seen.insert("\(point) \(repetition)").inserted)
        }
        #expect(seen.count == 6 * 30)
        let summary = ["id", "batch", "input_tokens", "output_tokens", "status", "repetitions"]
        #expect(
            timeless(try model.text("killed/summary.csv"), summary + ["output_hash"])
                == timeless(try model.text("whole/summary.csv"), summary + ["output_hash"]))
        let documents = ["batch_size", "input_seq_len(Encoding)", "output_seq_len(Decoding)"]
        let csv = "performance_test_cpu_tiny-test_f32.csv"
        #expect(
            timeless(try model.text("killed/\(csv)"), documents)
                == timeless(try model.text("whole/\(csv)"), documents))
        // What else was going on is not the same; the table of the documents has the same rows.
        let tables = try ["killed", "whole"].map { report in
            try model.text("\(report)/tables.md").components(separatedBy: "注：")[0]
                .split(separator: "\n").count
        }
        #expect(tables[0] == tables[1])
    }

    @Test func anotherConfigurationIsRefusedByItsDifference() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        let base = ["sweep", "--weights", model.path, "--pairs", "8x4"]
        #expect(try Program.run(base + ["--report-dir", directory]).status == 0)
        let before = try model.text("report/samples.jsonl")
        for (change, says) in [
            (["--precision", "f32"], "precision is f32 and was bf16"),
            (["--threads", "1", "--isa", "scalar"], "instruction set is scalar and was"),
            (["--repetitions", "2"], "repetitions is 2 and was 1"),
            (["--seed", "7"], "prompt seed is 7 and was 0"),
            (["--kv-cache", "int8"], "kv cache precision is int8 and was bf16"),
        ] {
            let result = try Program.run(base + change + ["--resume", directory])
            #expect(result.status == 2, "\(change)")
            #expect(result.error.contains(says), "\(result.error)")
        }
        #expect(try model.text("report/samples.jsonl") == before)
        #expect(try Program.run(base + ["--resume", directory]).status == 0)
        #expect(try model.text("report/samples.jsonl") == before)
    }

    @Test func aWorkerKilledFromOutsideIsARowAndTheSweepGoesOn() throws {
        let model = try TinyModelFile()
        let (process, output, _) = try Program.start([
            "sweep", "--weights", model.path, "--batch", "1,2", "--pairs", "8x4", "--repetitions",
            "4000", "--control", "0", "--no-roof", "--report-dir", model.directory.path("report"),
        ])
        var worker: pid_t?
        while worker == nil || model.directory.read("report/samples.jsonl")?.isEmpty != false {
            usleep(10_000)
            worker = Self.child(of: process.processIdentifier)
        }
        kill(try #require(worker), SIGKILL)
        // What it prints is less than a pipe holds; the second cell would take long.
        while model.directory.read("report/samples.jsonl")?.contains("b2-i8-o4") != true {
            usleep(10_000)
        }
        kill(process.processIdentifier, SIGINT)
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        let summary = try model.text("report/summary.csv")
        #expect(summary.contains("b1-i8-o4,1,8,4,crash,the worker process died of SIGKILL"))
        #expect(summary.contains("b2-i8-o4,2,8,4,ok"))
        #expect(text.contains("SIGKILL"))
    }

    @Test func noWorkerOutlivesItsSweep() throws {
        let model = try TinyModelFile()
        let (process, _, _) = try Program.start([
            "sweep", "--weights", model.path, "--pairs", "8x4", "--repetitions", "100000",
            "--no-roof", "--report-dir", model.directory.path("report"),
        ])
        var worker: pid_t?
        while worker == nil {
            usleep(5_000)
            worker = Self.child(of: process.processIdentifier)
        }
        let child = try #require(worker)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        var waited = 0
        while Self.isRunning(child), waited < 500 {
            usleep(10_000)
            waited += 1
        }
        #expect(!Self.isRunning(child))
    }

    /// A process that has ended may wait long for somebody to ask how.
    private static func isRunning(_ process: pid_t) -> Bool {
        (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))
            .map { !$0.contains(") Z") } ?? false
    }

    @Test func aCellThatTakesTooLongIsATimeout() throws {
        let model = try TinyModelFile()
        let result = try Program.run([
            "sweep", "--weights", model.path, "--pairs", "8x4", "--repetitions", "100000",
            "--no-roof", "--cell-timeout", "0.5", "--report-dir", model.directory.path("report"),
        ])
        #expect(result.status == 1)
        #expect(try model.text("report/summary.csv").contains(",timeout,"))
    }

    private static func child(of process: pid_t) -> pid_t? {
        let path = "/proc/\(process)/task/\(process)/children"
        return (try? String(contentsOfFile: path, encoding: .utf8))
            .flatMap { $0.split(separator: " ").first }
            .flatMap { pid_t($0) }
    }
}
