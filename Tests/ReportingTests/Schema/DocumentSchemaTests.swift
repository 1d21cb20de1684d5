import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// What other commands than `report` print as JSON, against the schemas that are published for it.
struct DocumentSchemaTests {
    private let directory = TemporaryDirectory()

    private static func problems(_ name: String, _ text: String) throws -> [String] {
        let schema = try JSONSchema(
            try #require(Repository.text("docs/schemas/\(name).schema.json")))
        return try schema.problems(of: text)
    }

    private static func comparison() throws -> Comparison {
        try Comparison(
            ComparisonSide(
                "a",
                [
                    .spread("b1", .ttft, around: 100), .spread("b2", .ttft, around: 100),
                    .spread("b3", .ttft, around: 100, count: 3),
                    ComparedCell(id: "b4", values: [.ttft: [1]]),
                ], facts: [Fact("threads", "1")]),
            ComparisonSide(
                "b",
                [
                    .spread("b1", .ttft, around: 200), .spread("b2", .ttft, around: 100),
                    .spread("b3", .ttft, around: 100, count: 3),
                ], facts: [Fact("threads", "2")]),
            settings: ComparisonSettings(resamples: 200))
    }

    @Test func comparisonsAreAsTheSchemaSays() throws {
        let json = try Self.comparison().json()
        #expect(try Self.problems("comparison", json) == [])
        #expect(json.contains("\"slower\"") && json.contains("\"cannot_tell\""))
        let broken = json.replacing("\"slower\"", with: "\"slow\"")
        #expect(try !Self.problems("comparison", broken).isEmpty)
    }

    @Test func comparisonsHaveTables() throws {
        let document = ReportDocument(try Self.comparison())
        #expect(document.tables.map(\.name) == ReportDocument.comparisonTables)
        let results = try ReportFormat.csv.render(document).split(separator: "\n")
        #expect(
            results[0] == "metric,id,outcome,reason,speed,speed_ci95_low,speed_ci95_high,p_value,"
                + "adjusted_p_value,median_a,median_b,repetitions_a,repetitions_b,"
                + "repetitions_left")
        #expect(results.count == 4)
        #expect(results[1].hasPrefix("ttft_ms,b1,slower,,0."))
        #expect(results[1].hasSuffix(",10,10,"))
        #expect(
            try ReportFormat.csv.render(document, table: "differences")
                == "name,a,b,weight\nthreads,1,2,differs\n")
        #expect(
            try ReportFormat.csv.render(document, table: "not_compared")
                == "id,reason,lost\nb4,only in A,yes\n")
        let html = try ReportFormat.html.render(document)
        #expect(HTMLOutline(html).fault == nil)
        #expect(html.contains("These differ: threads."))
        #expect(html.contains("Regression: 1 of 3 results slower, 1 cell lost."))
        #expect(
            try ReportFormat.text.render(document) == ComparisonText(Self.comparison()).text)
    }

    /// Of a search that found something and of one that did not.
    private static func maxBatch() -> MaxBatchReport {
        func probe(_ batch: Int, _ output: Int, reason: String? = nil) -> Probe {
            Probe(
                point: Point(batch: batch, inputLength: 8, outputLength: output),
                status: reason == nil ? .ok : .oom, reason: reason, predictedBytes: 90,
                peakBytes: nil,
                observation: reason == nil
                    ? Observation(
                        lockStep: trace, sequences: batch, inputTokens: 8, outputTokens: output)
                    : nil)
        }
        let trace = Trace(
            callEntry: 0, callEnd: 5_000_000,
            steps: [
                StepStamps(
                    loopTop: 0, inputsPrepared: 0, forwardDone: 2_000_000, tokenBooked: 2_000_000),
                StepStamps(
                    loopTop: 2_000_000, inputsPrepared: 2_000_000, forwardDone: 5_000_000,
                    tokenBooked: 5_000_000),
            ])
        var report = MaxBatchReport(manifest: ScriptedSweep().manifest)
        report.entries = [
            .init(
                pair: LengthPair(8, 2),
                result: .init(
                    batch: 1, probes: [probe(2, 2, reason: "=too much"), probe(1, 2)],
                    notes: ["a note"])),
            .init(
                pair: LengthPair(8, 4),
                result: .init(batch: nil, probes: [probe(1, 4, reason: "too much")])),
        ]
        return report
    }

    @Test func searchesAreAsTheSchemaSays() throws {
        let json = try Self.maxBatch().json()
        #expect(try Self.problems("max-batch", json) == [])
        #expect(json.contains("\"max_batch\" : 1"))
        let broken = json.replacing("\"input_tokens\" : 8", with: "\"input_tokens\" : 0")
        #expect(try !Self.problems("max-batch", broken).isEmpty)
    }

    @Test func searchesHaveTables() throws {
        let document = ReportDocument(Self.maxBatch(), in: .en)
        // 2 ms, 3 ms, and 2 tokens in 5 ms.
        #expect(
            try ReportFormat.csv.render(document) == """
                batch_size,input length,output length,first token (ms),"next tokens, mean (ms)",\
                E2E throughput (token/s)
                1,8,2,2.0,3.0,400.0
                ,8,4,,,

                """)
        #expect(
            try ReportFormat.csv.render(document, table: "attempts")
                .contains("\n2,8,2,failed,oom,'=too much,,,90,\n"))
        #expect(
            try ReportFormat.csv.render(ReportDocument(Self.maxBatch(), in: .zh))
                .hasPrefix("\u{FEFF}batch_size,"))
        let text = try ReportFormat.text.render(document)
        #expect(text.contains("- 8x2: a note\n- 8x4: no batch passed: too much\n"))
        #expect(text.contains("| first token (ms) |"))
        #expect(HTMLOutline(try ReportFormat.html.render(document)).fault == nil)
    }

    @Test func aSearchIsReadBackAsItWasWritten() throws {
        let directory = TemporaryDirectory()
        let path = directory.path("r")
        let written = Self.maxBatch()
        do {
            let open = try MaxBatchDirectory(path: path, manifest: written.manifest)
            for probe in written.entries.flatMap(\.result.probes) { try open.record(probe) }
            for entry in written.entries { open.add(entry) }
            #expect(!MaxBatchReport.isReport(path))
            try open.end(.completed)
        }
        #expect(MaxBatchReport.isReport(path))
        let read = try MaxBatchReport(path: path)
        #expect(read.entries.map(\.pair) == written.entries.map(\.pair))
        #expect(read.entries.map(\.result) == written.entries.map(\.result))
        #expect(read.tablesText == directory.read("r/tables.md"))
        #expect(read.batchesCSV == directory.read("r/max_batch.csv"))
        #expect(read.probesCSV == directory.read("r/max_batch_probes.csv"))
        directory.removeFile("r/probes.jsonl")
        #expect(!MaxBatchReport.isReport(path))
    }

    @Test func reportsHaveTables() throws {
        let report = try ReportDirectory(
            path: directory.path("r"), manifest: ScriptedSweep().manifest)
        try ScriptedSweep().run(into: report)
        let read = try Report(path: report.path)
        let document = ReportDocument(read, in: .zh)
        #expect(document.tables.map(\.name) == ReportDocument.reportTables)
        #expect(try ReportFormat.csv.render(document) == read.summaryCSV)
        #expect(try ReportFormat.csv.render(document, table: "documents") == read.documentsCSV)
        #expect(try ReportFormat.text.render(document) == read.resultsText(in: .zh))
        #expect(try ReportFormat.markdown.render(document) == read.tablesText(in: .zh))
        #expect(try ReportFormat.json.render(document) == read.json())
        let lines = try ReportFormat.jsonl.render(document).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].contains("\"id\":\"b1-i4-o3\""))
        #expect(lines[3].contains("\"ttft_mean_ms\":null"))
        let beside = Beside(PublishedTable(read, path: "r"), PublishedTable(read, path: "r"))
        let compared = ReportDocument(read, besides: [beside], in: .en)
        #expect(compared.tables.map(\.name) == ["summary"])
        #expect(try ReportFormat.csv.render(compared).hasPrefix("beside,differs,setting,"))
        #expect(try ReportFormat.markdown.render(compared).contains("\n## Beside: "))
    }
}
