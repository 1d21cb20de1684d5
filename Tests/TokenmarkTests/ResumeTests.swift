import Foundation
import Glibc
import Reporting
import Sweep
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

    /// A signal to the process alone, as `timeout` sends it, or to its worker too, as systemd, a batch
    /// system and `kill -PGID` do.
    @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
    func aSweepAskedToStopAtAnyMomentIsNoCrash(_ signal: Int32) throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        var generator = SeededGenerator(seed: UInt64(signal))
        for stop in 0..<20 {
            let (process, _, error) = try Program.start(arguments(model, ["--resume", directory]))
            usleep(UInt32.random(in: 5_000...260_000, using: &generator))
            if stop.isMultiple(of: 2), let worker = Self.child(of: process.processIdentifier) {
                kill(worker, signal)
            }
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            // Before there was anything to keep, the signal ends it by itself.
            guard process.terminationReason == .exit, process.terminationStatus != 0 else {
                continue
            }
            let said = String(
                decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(process.terminationStatus == 128 + signal, "\(said)")
            #expect(said.contains("to go on: tokenmark sweep --resume \(directory)"), "\(said)")
        }
        let last = try Program.run(["sweep", "--resume", directory])
        #expect(last.status == 0, "\(last.error)")
        let samples = try model.text("report/samples.jsonl")
        #expect(!samples.contains("outcome"))
        #expect(
            samples.split(separator: "\n").count { $0.contains(#""kind":"repetition""#) } == 6 * 30)
        let report = try Program.run(["report", directory, "--format", "summary"])
        #expect(
            timeless(report.output, ["status", "repetitions"])
                == Array(repeating: ["ok", "30"], count: 6))
    }

    @Test func optionsThatContradictAreRefusedByName() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        let base = ["sweep", "--weights", model.path, "--pairs", "8x4"]
        #expect(try Program.run(base + ["--report-dir", directory]).status == 0)
        let before = try model.text("report/samples.jsonl")
        for (change, says) in [
            (["--precision", "f32"], "--precision f32 contradicts"),
            (["--threads=1", "--isa", "scalar"], "--threads 1 contradicts"),
            (["--repetitions", "2"], "--repetitions 2 contradicts"),
            (["--seed", "7"], "which was begun without it"),
            (["--pairs", "8x5"], "which was begun with --pairs 8x4"),
            (["--kv-cache", "int8"], "--kv-cache int8 contradicts"),
            (["--control", "7"], "--control 7 contradicts"),
        ] {
            let result = try Program.run(["sweep", "--resume", directory] + change)
            #expect(result.status == 2, "\(change)")
            #expect(result.error.contains(says), "\(result.error)")
        }
        #expect(try model.text("report/samples.jsonl") == before)
        // The same again, also in other words.
        for same in [
            [], base.dropFirst() + [], ["--seed", "0"], ["--batch", "1", "--perf-mode", "detail"],
        ] {
            let result = try Program.run(["sweep", "--resume", directory] + same)
            #expect(result.status == 0, "\(result.error)")
        }
        #expect(try model.text("report/samples.jsonl") == before)
        #expect(
            try Program.run(["run", "--resume", directory]).error.contains(
                "begun by tokenmark sweep"))
        #expect(try Program.run(["sweep", "--resume", model.directory.path("none")]).status == 2)
    }

    /// A report of version 1 goes on where this says the same as its sections did.
    @Test func theFingerprintSaysWhatTheSectionsOfVersion1Said() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        let begun = try Program.run([
            "sweep", "--weights", model.path, "--pairs", "8x4", "--effort", "quick",
            "--report-dir", directory,
        ])
        #expect(begun.status == 0, "\(begun.error)")
        let now = try Manifest(directory: directory)
        var then = now
        then.fingerprint = nil
        let point = Point(batch: 1, inputLength: 8, outputLength: 4)
        #expect(now.fingerprint != nil && now.key(of: point) == then.key(of: point))
    }

    /// What measured is decided by is another one: the machine, the program, a byte of the weights.
    @Test func anotherMachineProgramOrModelIsRefusedByItsDifference() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        let begun = try Program.run(
            ["sweep", "--weights", model.path, "--pairs", "8x4", "--report-dir", directory])
        #expect(begun.status == 0, "\(begun.error)")
        let manifest = try model.text("report/manifest.json")
        func change(_ property: String, to value: String) throws -> String {
            let lines = manifest.split(separator: "\n", omittingEmptySubsequences: false).map {
                line in
                line.contains("\"\(property)\" : ") ? "\"\(property)\" : \"\(value)\"," : line
            }
            model.directory.write(lines.joined(separator: "\n"), to: "report/manifest.json")
            let result = try Program.run(["sweep", "--resume", directory])
            #expect(result.status == 2)
            return result.error
        }
        #expect(try change("cpu_model", to: "Zilog Z80").contains("and was Zilog Z80"))
        #expect(try change("tool_version", to: "0.1.0 (abc)").contains("and was 0.1.0 (abc)"))
        model.directory.write(manifest, to: "report/manifest.json")
        #expect(try Program.run(["sweep", "--resume", directory]).status == 0)

        var bytes = try #require(model.directory.bytes("tiny.gguf"))
        bytes[bytes.count - 40] ^= 1
        model.directory.write(bytes, to: "tiny.gguf")
        let result = try Program.run(["sweep", "--resume", directory])
        #expect(result.status == 2)
        #expect(result.error.contains("weights' fingerprint is "), "\(result.error)")
    }

    @Test func ofTwoThatGoOnAtOnceOneIsRefused() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        let (first, _, _) = try Program.start([
            "sweep", "--weights", model.path, "--pairs", "8x4", "--repetitions", "100000",
            "--no-roof",
            "--report-dir", directory,
        ])
        while model.directory.read("report/samples.jsonl")?.isEmpty != false { usleep(10_000) }
        let second = try Program.run(["sweep", "--resume", directory])
        #expect(second.status == 2)
        #expect(
            second.error.contains("is being written by process \(first.processIdentifier);"),
            "\(second.error)")
        kill(first.processIdentifier, SIGKILL)
        first.waitUntilExit()
        #expect(try Program.run(["report", directory]).status == 0)
    }

    @Test func aCrashIsTriedAgainWhenAsked() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        let (process, _, _) = try Program.start([
            "sweep", "--weights", model.path, "--pairs", "8x4", "--repetitions", "2000",
            "--control", "0",
            "--no-roof", "--quiet", "--report-dir", directory,
        ])
        while model.directory.read("report/samples.jsonl")?.isEmpty != false { usleep(5_000) }
        kill(try #require(Self.child(of: process.processIdentifier)), SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        let retried = try Program.run(["sweep", "--resume", directory, "--retry", "oom,crash"])
        #expect(retried.status == 0, "\(retried.error)")
        #expect(try model.text("report/summary.csv").contains("b1-i8-o4,1,8,4,ok"))
        let none = try Program.run(["sweep", "--resume", directory, "--retry", "crash,ok"])
        #expect(none.status == 2 && none.error.contains("crash,ok"))
        let new = try Program.run([
            "sweep", "--weights", model.path, "--pairs", "8x4", "--retry", "crash",
        ])
        #expect(new.status == 2 && new.error.contains("--resume"))
    }

    @Test func aSearchThatWasKilledGoesOn() throws {
        let model = try TinyModelFile()
        let directory = model.directory.path("report")
        let options = [
            "max-batch", "--weights", model.path, "--pairs", "8x4,8x5", "--tpot-limit-ms", "100000",
            "--batch-range", "1:9",
        ]
        let (process, _, _) = try Program.start(options + ["--report-dir", directory])
        while model.directory.read("report/probes.jsonl")?.contains("\n") != true { usleep(2_000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let kept = try model.text("report/probes.jsonl")
        let contrary = try Program.run(["max-batch", "--resume", directory, "--confirm", "3"])
        #expect(contrary.status == 2 && contrary.error.contains("--confirm 3 contradicts"))
        let resumed = try Program.run(["max-batch", "--resume", directory])
        #expect(resumed.status == 0, "\(resumed.error)")
        let probes = try model.text("report/probes.jsonl")
        #expect(probes.hasPrefix(kept))
        // 1, 2, 4, 8, 9 and the confirmation of each of two pairs.
        #expect(probes.split(separator: "\n").count == 12)
        #expect(try model.text("report/max_batch.csv").contains("\n9,8,5,"))
    }

    @Test func theDriverGoesOnFromItsDirectory() throws {
        let model = try TinyModelFile()
        model.directory.write(
            "[model]\nmodel_path=tiny.gguf\n[performance]\ncase_pair=[[8,4],[8,5]]\n",
            to: "config.ini")
        let directory = model.directory.path("report")
        let begun = try Program.run(
            ["run", "--report-dir", "report", "--precision", "f32"], in: model.directory.path)
        #expect(begun.status == 0, "\(begun.error)")
        // One repetition is lost, and so is the configuration.
        let samples = try model.text("report/samples.jsonl").split(separator: "\n")
        model.directory.write(
            samples.dropLast().map { $0 + "\n" }.joined(), to: "report/samples.jsonl")
        model.directory.removeFile("config.ini")
        let resumed = try Program.run(["run", "--resume", directory])
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(
            try model.text("report/samples.jsonl").split(separator: "\n").count == samples.count)
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
