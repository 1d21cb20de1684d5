import Foundation
import TestSupport
import Testing

/// What `profile` writes beside its tables, of a model of a few kilobytes.
@Suite struct ProfileFilesTests {
    private let model: TinyModelFile
    private let folder: URL

    init() throws {
        model = try TinyModelFile()
        let path = model.directory.path("profile")
        let result = try Program.run([
            "profile", "--weights", model.path, "--precision", "f32", "--pairs", "8x5",
            "--threads", "1", "--repetitions", "1", "--output", path,
        ])
        try #require(result.status == 0, "\(result.error)")
        folder = URL(fileURLWithPath: path)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test func allFilesAreThere() throws {
        #expect(
            model.directory.entries(of: "profile") == [
                "counters.csv", "flame.folded", "flame.svg", "manifest.json", "operators.csv",
                "profile.html", "profile.json", "profile.md", "roofline.csv", "roofline.svg",
                "trace.json",
            ])
        #expect(try text("profile.html").contains("<section id=\"counters\">"))
    }

    @Test func traceHasEveryStepAndOperator() throws {
        let data = Data(try text("trace.json").utf8)
        let trace = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let events = try #require(trace["traceEvents"] as? [[String: Any]])
        func names(_ category: String) -> [String] {
            events.filter { $0["cat"] as? String == category }.compactMap { $0["name"] as? String }
        }
        let steps = names("step").filter { $0 == "prefill" || $0 == "decode" }
        #expect(steps == ["prefill"] + Array(repeating: "decode", count: 4))
        // Five passes through one layer and the head.
        for name in ["qkv", "lm_head"] {
            let slices = names("operator").filter { $0 == name }
            #expect(slices.count == 5)
        }
        let tracks = events.filter { $0["name"] as? String == "thread_name" }
            .compactMap { ($0["args"] as? [String: Any])?["name"] as? String }
        #expect(tracks == ["main thread", "worker 0"])
        let rates = events.filter { $0["name"] as? String == "tokens/s" }
        #expect(rates.count == 5)
    }

    /// One thread was never idle, so the stacks are as long as the phases.
    @Test func stacksAddUpToThePhases() throws {
        var sums: [Substring: Double] = [:]
        for line in try text("flame.folded").split(separator: "\n") {
            let space = try #require(line.lastIndex(of: " "))
            let phase = line.prefix { $0 != ";" }
            sums[phase, default: 0] += try #require(Double(line[line.index(after: space)...]))
        }
        for line in try text("operators.csv").split(separator: "\n") {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields[1] == "all", let total = Double(fields[5]) else { continue }
            // Nanoseconds and milliseconds.
            #expect(abs((sums[fields[0]] ?? 0) - total * 1e6) < 1)
        }
        #expect(sums.keys.sorted() == ["decode", "prefill"])
        #expect(try text("flame.folded").contains("prefill;qkv;matmul f32 "))
    }

    @Test func everyCounterHasAValueOrAReason() throws {
        let lines = try text("counters.csv").split(separator: "\n").dropFirst()
        #expect(lines.contains { $0.hasPrefix("prefill,process,elapsed,") })
        #expect(lines.contains { $0.hasPrefix("decode,process,elapsed,") })
        for line in lines {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            #expect(!fields[3].isEmpty || !fields[5].isEmpty, "\(line)")
        }
    }
}
