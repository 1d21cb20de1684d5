import Foundation
import TestSupport
import Testing

/// `profile` on a model of a few kilobytes.
@Suite struct ProfileCommandTests {
    private func profile(_ model: TinyModelFile, _ arguments: String) throws -> Program.Result {
        try Program.run(
            ["profile", "--weights", model.path, "--precision", "f32"]
                + arguments.split(separator: " ").map(String.init))
    }

    private func rows(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }

    @Test func bothPhasesAreAccountedFor() throws {
        let model = try TinyModelFile()
        let path = model.directory.path("profile")
        let result = try profile(model, "--pairs 8x5 --batch 2 --repetitions 2 --output \(path)")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("## prefill: ") && result.output.contains("## decode: "))
        #expect(result.output.contains("What could be better"))

        let rows = rows(try model.text("profile/operators.csv"))
        for phase in ["prefill", "decode"] {
            let own = rows.filter { $0["phase"] == phase }
            // f32 encodes nothing; the tiny model shares no head.
            #expect(
                own.compactMap { $0["operator"] } == [
                    "stage", "embed", "attention_norm", "qkv", "rope_cache", "attention",
                    "attention_output", "ffn_norm", "gate_up", "down", "final_norm", "lm_head",
                    "select", "barriers", "dispatch", "host", "remainder", "all",
                ])
            let operators = own.prefix(13)
            #expect(operators.allSatisfy { Double($0["roof_share"] ?? "") != nil })
            #expect(operators.allSatisfy { $0["calls"] == (phase == "prefill" ? "1" : "4") })
            let total = own.compactMap { Double($0["total_ms"] ?? "") }
            let sum = total.dropLast().reduce(0, +)
            #expect(abs(sum - (total.last ?? 0)) < 1e-6)
        }

        let json =
            try JSONSerialization.jsonObject(
                with: Data(try model.text("profile/profile.json").utf8)) as? [String: Any]
        let recording = try #require(json?["recording"] as? [String: Any])
        #expect((recording["pairs"] as? [Any])?.count == 2)
        #expect(recording["measured_cost"] is Double)
        #expect(json?["dropped_spans"] as? Int == 0)
        #expect((json?["roof_before"] as? [String: Any])?["read_bytes_per_s"] is Double)
        #expect(try model.text("profile/manifest.json").contains("\"status\" : \"completed\""))
    }

    @Test func layersHaveRowsOfTheirOwn() throws {
        let model = try TinyModelFile()
        let result = try profile(
            model,
            "--pairs 4x2 --layers --repetitions 1 --format csv --output "
                + model.directory.path("profile"))
        #expect(result.status == 0, "\(result.error)")
        let qkv = rows(result.output).filter { $0["operator"] == "qkv" }
        #expect(qkv.map { $0["layer"] } == ["0", "0"])
        #expect(rows(result.output).contains { $0["operator"] == "lm_head" && $0["layer"] == "" })
    }

    @Test func theDirectoryHasTheNameThatItHasElsewhere() throws {
        let model = try TinyModelFile()
        let path = model.directory.path("profile")
        let file = model.directory.path("lines")
        let result = try profile(
            model,
            "--pairs 4x2 --repetitions 1 --report-dir \(path) --format roofline --output \(file) "
                + "--label run=1")
        #expect(result.status == 0 && result.output == "", "\(result.error)")
        #expect(try model.text("lines") == model.text("profile/roofline.csv"))
        #expect(try model.text("profile/manifest.json").contains("\"run\" : \"1\""))
        let page = try profile(
            model,
            "--pairs 4x2 --repetitions 1 --format html --report-dir "
                + model.directory.path("second"))
        #expect(page.output == (try model.text("second/profile.html")))
    }

    @Test func pageTablesAndDrawingsAreInTheLanguageAskedFor() throws {
        let model = try TinyModelFile()
        let result = try profile(
            model,
            "--pairs 4x2 --repetitions 1 --language zh --output " + model.directory.path("profile"))
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("## 可以改进的地方"))
        #expect(result.output.hasSuffix("\n剖析：\(model.directory.path("profile"))\n"))
        #expect(result.output.hasPrefix(try model.text("profile/profile.md")))
        let page = try model.text("profile/profile.html")
        #expect(page.contains("<html lang=\"zh\">") && page.contains("<h2>计数器</h2>"))
        #expect(try model.text("profile/flame.svg").contains("各线程的时间，按算子和内核"))
    }

    @Test func theStacksOfTheFlameGraphArePrinted() throws {
        let model = try TinyModelFile()
        let result = try profile(
            model,
            "--pairs 4x2 --flame --repetitions 1 --output " + model.directory.path("profile"))
        #expect(result.status == 0, "\(result.error)")
        #expect(try model.text("profile/flame.folded") == result.output)
        #expect(result.output.contains(";qkv;"))
    }

    @Test func badInputIsOneClearLine() throws {
        let model = try TinyModelFile()
        for (arguments, remedy) in [
            ("--pairs 4x2,8x2", "a profile is of one cell"),
            ("--pairs 4x2 --repetitions 0", "--repetitions 0 is not in 1…1000"),
            ("--pairs 600x300", "use shorter lengths"),
            ("--pairs 4x2 --flame --format csv", "leave out one of them"),
            ("--pairs 4x2 --format documents", "there is text, markdown, csv"),
            ("--pairs 4x2 --label x", "--label: \"x\" is no label"),
        ] {
            let result = try profile(model, arguments)
            #expect(result.status == 2, "\(result.error)")
            #expect(result.error.contains(remedy), "\(result.error)")
        }
    }
}
