import Foundation
import TestSupport
import Testing

@testable import tokenmark

@Suite struct DoctorCommandTests {
    @Test func theRoofOfEveryPrecisionIsPrinted() throws {
        let result = try Program.run(["doctor", "--threads", "1"])
        #expect(result.status == 0, "\(result.error)")
        for word in ["reading memory: ", "in f32: ", "in bf16: ", "in int8: ", "in int4: "] {
            let line = try #require(
                result.output.split(separator: "\n").first { $0.contains(word) })
            let number = line.split(separator: ": ")[1].prefix { $0 != " " }
            #expect(try #require(Double(number)) > 0)
        }
    }

    @Test func jsonHasWhatTheTextSays() throws {
        let result = try Program.run(["doctor", "--threads", "1", "--format", "json"])
        #expect(result.status == 0, "\(result.error)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "schema_version", "tool_version", "machine", "instruction_sets", "roof", "ranks",
                "ready", "advice",
            ])
        let machine = try #require(object["machine"] as? [String: Any])
        #expect(machine["architecture"] is String && machine["comparability_key"] is String)
        let roof = try #require(object["roof"] as? [String: Any])
        #expect(roof["threads"] as? Int == 1)
        #expect((roof["cpus"] as? [Any])?.count == 1)
        #expect((roof["peaks"] as? [[String: Any]])?.count == 4)
        for name in ["read_bytes_per_s", "clock_hz", "barrier_s", "timing_point_s"] {
            let value = try #require(roof[name] as? NSNumber)
            #expect(value.doubleValue > 0, "\(name)")
        }
        let sets = try #require(object["instruction_sets"] as? [[String: Any]])
        #expect(sets.first?["name"] as? String == "scalar")
        #expect(sets.allSatisfy { ($0["usable"] as? Bool == true) == ($0["reason"] is NSNull) })
    }

    /// The last line says what to do, and so does the list of advice, whose first it names.
    @Test func theLastLineSaysReadyOrWhatIsFirst() throws {
        let text = try Program.run(["doctor", "--no-roof"])
        #expect(text.status == 0 && !text.output.contains("roof of"))
        let last = try #require(text.output.split(separator: "\n").last)
        let json = try Program.run(["doctor", "--no-roof", "--format", "json"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["roof"] is NSNull && object["ranks"] is NSNull)
        #expect(object["ready"] is Bool)
        if last.hasPrefix("ready: ") {
            #expect(last.contains("tokenmark quickstart"))
        } else {
            let first = try #require(last.split(separator: "not ready; first: ").last)
            #expect(text.output.contains("\n  \(first)\n"))
        }
    }

    @Test(.enabled(if: RanksTests.canRun, RanksTests.reason))
    func ranksMeasureTheirSums() throws {
        let options = ["--no-roof", "--ranks", "2", "--threads", "1", "--oversubscribe"]
        let text = try Program.run(["doctor"] + options)
        #expect(text.status == 0, "\(text.error)")
        #expect(text.output.contains("\n2 ranks on this host add up what each has:\n  4 KiB: "))
        let json = try Program.run(["doctor", "--format", "json"] + options)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let ranks = try #require(object["ranks"] as? [String: Any])
        #expect(ranks["ranks"] as? Int == 2 && ranks["hosts"] as? Int == 1)
        let sums = try #require(ranks["sums"] as? [[String: NSNumber]])
        #expect(sums.count == 6 && sums.allSatisfy { $0["sum_s"]?.doubleValue ?? 0 > 0 })
    }

    @Test func whatDoctorCannotGiveIsRefused() throws {
        let result = try Program.run(["doctor", "--format", "html"])
        #expect(result.status == 2 && result.output == "")
        #expect(result.error.contains("--format html is not given here; there is text, json"))
    }

    /// A group of version 1, which only root may make, and only outside of most containers.
    @Test(.enabled("no control group can be made here") { (try? ControlGroups()) != nil })
    func aControlGroupIsSeenAndKept() throws {
        let groups = try ControlGroups()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            "echo $$ > \(groups.cpu)/cgroup.procs && echo $$ > \(groups.cpuset)/cgroup.procs "
                + "&& exec '\(Program.url.path)' doctor",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(
            text.contains(
                "allowed CPUs: 0 on 1 cores, cpuset 0, CPU quota 0.75, memory limit"))
        #expect(text.contains("roof of 1 threads on CPUs 0:"))
        #expect(text.contains("a control group grants 0.75 CPUs, less than one thread needs"))
    }

    @Test func perplexityOfATextIsPrintedWithItsCounts() throws {
        let model = try TinyModelFile()
        let text = model.directory.path("text.txt")
        try Data(String(repeating: "he said ", count: 40).utf8).write(
            to: URL(fileURLWithPath: text))
        let result = try Program.run([
            "perplexity", "--weights", model.path, "--text", text, "--context", "16", "--chunks",
            "3", "--precision", "f32",
        ])
        #expect(result.status == 0, "\(result.error)")
        // Three windows of 16, of which the last 7 tokens are scored.
        #expect(result.output.contains("over 21 tokens in 3 windows of 16, f32"))
    }
}
