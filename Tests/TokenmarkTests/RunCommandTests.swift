import Foundation
import TestSupport
import Testing

/// The documents' driver on a file in their form.
@Suite struct RunCommandTests {
    private func run(
        _ text: String, _ more: [String] = [], environment: [String: String] = [:]
    ) throws -> (Program.Result, TinyModelFile) {
        let model = try TinyModelFile()
        try Data(text.replacing("$MODEL", with: model.path).utf8).write(
            to: URL(fileURLWithPath: model.directory.path("config.ini")))
        let result = try Program.run(
            ["run", "--config", "config.ini", "--task", "performance", "--report-dir", "out"]
                + more,
            environment: environment, in: model.directory.path)
        return (result, model)
    }

    @Test func aConfigurationOfTheirsWritesTheirTable() throws {
        let (result, model) = try run(
            """
            [model]
            model_path=$MODEL
            [performance]
            model_name=tiny
            batch_size=1,2
            case_pair=[[8,4],[6,3]]
            perf_mode=detail
            """, environment: ["TIMEIT": "1"])
        #expect(result.status == 0, "\(result.error)")
        let lines = try model.text("out/performance_test_cpu_tiny_bf16.csv")
            .split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0] == SweepCommandTests.header)
        #expect(lines[1].split(separator: ",", omittingEmptySubsequences: false).count == 8)
        #expect(!lines[1].contains(",,"))
    }

    @Test func tablesAndPageAreInTheLanguageAskedFor() throws {
        let (result, model) = try run(
            """
            [model]
            model_path=$MODEL
            [performance]
            model_name=tiny
            case_pair=[[8,4]]
            perf_mode=normal
            """, ["--language", "zh"])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.hasPrefix(try model.text("out/tables.md")))
        #expect(result.output.contains("- perf_mode=normal（常规估计法）：首 token = 生成 1 个 token"))
        #expect(result.output.hasSuffix("\n报告：out\n"))
        #expect(try model.text("out/report.html").contains("<html lang=\"zh\">"))
    }

    /// With its precision, and whatever the weights call themselves.
    @Test(arguments: [
        ("model_path=$MODEL", "model_name=vicuna_13b", "vicuna_13b_bf16.csv"),
        ("model_path=$MODEL", "model_name=", "tiny-test_bf16.csv"),
        ("model_path=$MODEL", "model_name=a b/c", "a_b_c_bf16.csv"),
        ("model_path=$MODEL", "model_name=x\nsave_file_name=mine.csv", ""),
    ])
    func theKeyNamesTheTable(_ path: String, _ name: String, _ file: String) throws {
        let (result, model) = try run("[model]\n\(path)\n[performance]\n\(name)\ncase_pair=[[8,4]]")
        #expect(result.status == 0, "\(result.error)")
        let tables = model.directory.entries(of: "out").filter {
            $0.hasSuffix(".csv") && $0 != "summary.csv"
        }
        #expect(tables == [file.isEmpty ? "mine.csv" : "performance_test_cpu_\(file)"])
    }

    @Test func aConfigurationInUTF16IsRead() throws {
        let model = try TinyModelFile()
        let text = "[model]\r\nmodel_path=\(model.path)\r\n[performance]\r\ncase_pair=[[8,4]]\r\n"
        let units = [0xFEFF] + Array(text.utf16)
        model.directory.write(
            units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, to: "config.ini")
        let arguments = ["run", "--config", "config.ini", "--report-dir", "out"]
        let result = try Program.run(arguments, in: model.directory.path)
        #expect(result.status == 0, "\(result.error)")
        model.directory.write(Array("[model]\nmodel_path=caf".utf8) + [0xE9], to: "config.ini")
        let refused = try Program.run(arguments, in: model.directory.path)
        #expect(refused.status == 2)
        #expect(refused.error.contains("config.ini, line 2: byte 22 of the file is not UTF-8"))
    }

    @Test func normalLeavesPreAndPostEmpty() throws {
        let (result, model) = try run(
            """
            [model]
            model_path=$MODEL
            [performance]
            case_pair=[[8,4]]
            save_file_name=mine.csv
            """)
        #expect(result.status == 0, "\(result.error)")
        let lines = try model.text("out/mine.csv").split(separator: "\n")
        #expect(lines[1].hasSuffix(",,"))
    }

    @Test func detailAsksForTIMEIT() throws {
        let (result, model) = try run(
            """
            [model]
            model_path=$MODEL
            [performance]
            case_pair=[[8,4]]
            perf_mode=detail
            """)
        #expect(result.status == 2)
        #expect(result.error.contains("TIMEIT=1"))
        #expect(!FileManager.default.fileExists(atPath: model.directory.path("out")))
    }

    @Test(arguments: [
        ("[performance]\nbatch=1", "[performance] batch"),
        ("[performance]\ncase_pair=[[1]]", "case_pair"),
        ("[performance", "line 1"),
        ("[performance]\nmodel_name=qwen-9b", "qwen-9b"),
        ("[performance]\nbatch_size=1", "names no model"),
    ])
    func whatCannotBeUsedIsNamed(_ text: String, _ says: String) throws {
        let (result, _) = try run(text)
        #expect(result.status == 2)
        #expect(result.error.contains(says), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1)
    }
}
