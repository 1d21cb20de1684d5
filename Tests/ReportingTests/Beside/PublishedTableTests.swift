import Basics
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct PublishedTableTests {
    private let directory = TemporaryDirectory()
    static let header =
        "batch_size,input length,output length,首token耗时（ms）,非首token平均耗时（ms）,E2E吞吐（token/s）"
    static let documents = """
        batch_size,input_seq_len(Encoding),output_seq_len(Decoding),ResponseTime(s),\
        forward_first_token_time(ms),forward_next_token_time(ms),pre_next_token_time(ms),\
        post_next_token_time_post(ms)
        """

    @Test func referenceStatesWhatTheDocumentStates() throws {
        let table = try PublishedTable(
            path: Repository.path("reports/reference/qwen-7b-910b3.csv"))
        #expect(table.title == "Qwen-7B on 910B3")
        #expect(
            table.circumstances == [
                .model: "Qwen-7B", .hardware: "910B3 (NPU)",
                .software: "atb_speed_sdk, transformers 4.30.2", .method: "perf_mode=detail",
            ])
        #expect(table.cells.count == 16)
        #expect(
            table.cells.first?.values == [
                .firstToken: 35.63896179199219, .nextToken: 15.51435661315918,
                .throughput: 56.888888888888886,
            ])
    }

    /// What the guides' own program writes, with its zeros for what was not measured.
    @Test func theDocumentsOwnCSVIsTaken() throws {
        let path = directory.write(
            """
            \(Self.documents)
            4,256,256,4.87,90.84725189208984,16.85601806640625,0.0,0.0
            4,512,512,10.15,0.0,0.0,0.0,0.0

            """, to: "performance_test_npu_qwen_7b_bs4.csv")
        let table = try PublishedTable(path: path)
        #expect(table.title == "performance_test_npu_qwen_7b_bs4.csv")
        #expect(table.circumstances == [:])
        // The throughput that the guides publish for that row.
        #expect(table.cells[0].values[.throughput] == 210.26694045174537)
        #expect(table.cells[0].values[.firstToken] == 90.84725189208984)
        #expect(table.cells[1].values == [.throughput: 201.7733990147783])
        #expect(table.notes.first?.en == "2 times of 0 count as not measured")
    }

    @Test func aReportIsTheTableItPrints() throws {
        let sweep = ScriptedSweep()
        let report = try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest)
        try sweep.run(into: report)
        let table = try PublishedTable(path: report.path)
        #expect(table.title == "tiny · f32 · cpu")
        #expect(
            table.circumstances == [
                .model: "tiny", .precision: "f32", .hardware: "cpu",
                .software: "scripted 0.1.0, debug build", .method: "perf_mode=detail",
            ])
        #expect(table.cells.map(\.status) == ["ok", "ok", "ok", "failed"])
        #expect(table.cells[0].values[.firstToken] == 35.638963)
        #expect(table.cells[0].values[.throughput] == 3 / 0.075438963)
        #expect(table.cells[3].values == [:])
        #expect(table.cells[3].reason == "out of pages, \"all\" of them")
    }

    /// Their `max_batch.json` is a curve, and no description.
    @Test func aTableOfAReportIsDescribedByItsManifest() throws {
        var manifest = ScriptedSweep().manifest
        manifest.status = .completed
        try manifest.set("weights", to: ["origin": "random"])
        directory.write(try manifest.json(), to: "manifest.json")
        directory.write("[]", to: "max_batch.json")
        let path = directory.write("\(Self.header)\n8,256,256,1,1,1\n", to: "max_batch.csv")
        let table = try PublishedTable(path: path)
        #expect(table.title == "tiny · f32 · cpu, max_batch.csv")
        #expect(table.circumstances[.precision] == "f32")
        #expect(
            table.notes.map(\.en) == [
                "the weights are random: times depend on shapes, not on their values"
            ])
    }

    @Test func emptyFieldsAreMissingAndARowWithoutBatchIsSaid() throws {
        let path = directory.write(
            "\(Self.header)\n,256,256,,,\n1,256,256,,15.5,\n", to: "max_batch.csv")
        let table = try PublishedTable(path: path)
        #expect(table.cells.map(\.values) == [[.nextToken: 15.5]])
        #expect(table.notes.map(\.en) == ["line 2 has no batch size and is left out"])
    }

    static let malformed = [
        ("1,256,256,fast,1,1", "\"首token耗时（ms）\" is \"fast\", not a time or rate"),
        ("1,256,256,nan,1,1", "not a time or rate"),
        ("1,256,256,\"0,036\",1,1", "\"0,036\", not a time or rate: write decimals with a point"),
        ("1,256,256,inf,1,1", "not a time or rate"),
        ("1,256,256,0x10,1,1", "not a time or rate"), ("1,256,256,-3,1,1", "not a time or rate"),
        ("1,256,256,1e400,1,1", "not a time or rate"),
        ("1,256,256,1e300,1,1", "not a time or rate"),
        ("0,256,256,1,1,1", "\"batch_size\" is \"0\", not a number in 1...4194304"),
        ("1,256,99999999999999999999,1,1,1", "\"output length\" is \"99999999999999999999\""),
        ("1.5,256,256,1,1,1", "\"batch_size\" is \"1.5\""),
        ("1,256,256,1,1", "5 fields under 6 titles"),
        ("1,256,256,1,1,1\n1,256,256,1,1,1", "the same sizes a second time"),
    ]

    @Test(arguments: malformed)
    func badLineIsRefused(line: String, what: String) {
        let path = directory.write("\(Self.header)\n\(line)\n", to: "t.csv")
        let error = #expect(throws: ReportingError.self) { try PublishedTable(path: path) }
        #expect(error?.description.contains("t.csv, line ") == true)
        #expect(error?.description.contains(what) == true, "\(error?.description ?? "")")
    }

    /// As a spreadsheet saves it where the comma is the decimal mark, in UTF-16 too.
    @Test func semicolonsAndDecimalCommasAreTheSameTable() throws {
        let lines = [
            Self.header, "1,256,256,17.8194815,31.3,79.53449731274807", "2,256,256,5,,1.5e2",
        ]
        let right = try PublishedTable(
            path: directory.write(lines.joined(separator: "\n"), to: "t.csv"))
        let text = lines.map {
            $0.replacing(",", with: ";").replacing(".", with: ",")
        }.joined(separator: "\r\n")
        let units = [0xFEFF] + Array(text.utf16)
        for bytes in [Array(text.utf8), units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }] {
            let table = try PublishedTable(path: directory.write(bytes, to: "t.csv"))
            #expect(table.cells == right.cells)
        }
        let tabs = lines.joined(separator: "\n").replacing(",", with: "\t")
        #expect(
            try PublishedTable(path: directory.write(tabs, to: "t.csv")).cells == right.cells)
        let points = lines.joined(separator: "\n").replacing(",", with: ";")
        #expect(
            try PublishedTable(path: directory.write(points, to: "t.csv")).cells == right.cells)
    }

    /// 1.234 is a thousand where 1,5 is one and a half.
    @Test func pointsBesideDecimalCommasAreRefused() {
        let text = "\(Self.header)\n1,256,256,1.234,0,5,1\n".replacing(",", with: ";")
            .replacing("0;5", with: "0,5")
        let path = directory.write(text, to: "t.csv")
        let error = #expect(throws: ReportingError.self) { try PublishedTable(path: path) }
        #expect(
            error?.description.hasSuffix(
                "line 2: \"1.234\" has a point, and other numbers of the file have decimal commas")
                == true)
    }

    @Test func otherTablesAreRefusedWithTheColumnsItWants() {
        let path = Repository.path("reports/reference/qwen-7b-mindspore-lite.csv")
        let error = #expect(throws: ReportingError.self) { try PublishedTable(path: path) }
        #expect(error == .notPublished(path: path, columns: ["Model", "Speed(tokens/s)"]))
        #expect(error?.description.contains("首token耗时（ms）") == true)
    }

    @Test(arguments: [
        ("{", "t.json, line 1"), ("{}", "\"title\" is missing"),
        (#"{"schema_version": 1}"#, "\"title\" is missing"),
        (#"{"schema_version": 9, "title": "t"}"#, "schema version 9"),
        (#"{"schema_version": 1, "title": "t", "software": "x"}"#, "\"software\""),
    ])
    func badProvenanceIsRefused(json: String, what: String) {
        directory.write(json, to: "t.json")
        let path = directory.write("\(Self.header)\n1,256,256,1,1,1\n", to: "t.csv")
        let error = #expect(throws: ReportingError.self) { try PublishedTable(path: path) }
        #expect(error?.description.contains("t.json") == true)
        #expect(error?.description.contains(what) == true, "\(error?.description ?? "")")
    }

    @Test func whatIsNotThereIsSaid() {
        let path = directory.path("none.csv")
        let error = #expect(throws: ReportingError.self) { try PublishedTable(path: path) }
        #expect(error?.description.contains("cannot open \(path)") == true)
    }

    @Test(arguments: [",", ";"])
    func blanksAndTheLineOfExcelAreTaken(_ separator: String) throws {
        let text = "\(Self.header)\n1,256 ,256, \"2.5\" ,3,4\n".replacing(
            ",", with: "\(separator) ")
        let table = try PublishedTable(
            path: directory.write("sep=\(separator)\r\n\(text)", to: "t.csv"))
        #expect(table.cells.first?.values == [.firstToken: 2.5, .nextToken: 3, .throughput: 4])
    }
}
