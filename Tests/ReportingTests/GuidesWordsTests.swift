import Basics
import Charts
import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// The guides' words mean what the guides mean: forward passes, neither TTFT nor TPOT.
struct GuidesWordsTests {
    /// A sweep whose first call takes 3 + 1 + 35.638963 + 2 ms to its first token.
    private func row() throws -> Row { try #require(ScriptedSweep().rows().first) }

    @Test func everyTableHasTheForwardPassUnderThem() throws {
        let row = try row()
        let sample = try #require(row.representative)
        #expect(sample.forwardFirst == 35.638963 && sample.ttft == 41.638963)
        let published = PublishedCell(row)
        #expect(published.values[.firstToken] == sample.forwardFirst)
        #expect(published.values[.nextToken] == sample.forwardNext)
        let titles = Column.published.map(\.header)
        for (metric, value) in [
            (PublishedMetric.firstToken, sample.forwardFirst), (.nextToken, sample.forwardNext),
        ] {
            let column = try #require(titles.firstIndex(of: metric.title(in: .zh)))
            #expect(Column.published[column].value(row) == Value(value.map { Double(Float($0)) }))
        }
    }

    @Test func theLargestBatchHasThemToo() throws {
        let sweep = ScriptedSweep()
        let sink = RecordingSink()
        try sweep.run(into: sink)
        let repetition = try #require(sink.results.first?.repetitions.first)
        guard case .detail(let observation) = repetition.calls else {
            Issue.record("the sweep stamps its steps")
            return
        }
        var report = MaxBatchReport(manifest: sweep.manifest)
        let result = MaxBatchSearch(range: 1...1, confirmations: 0).run { batch in
            Probe(
                point: Point(batch: batch, inputLength: 4, outputLength: 3), status: .ok,
                reason: nil, predictedBytes: nil, peakBytes: nil, observation: observation)
        }
        report.entries = [.init(pair: LengthPair(4, 3), result: result)]
        #expect(
            report.batchesCSV.hasPrefix(
                """
                \u{FEFF}batch_size,input length,output length,首token耗时（ms）,非首token平均耗时（ms）,E2E吞吐（token/s）
                1,4,3,35.638963,15.65,
                """))
    }

    @Test func thePageDefinesThemAsTheGuidesDo() {
        var manifest = ScriptedSweep().manifest
        for (method, first) in [
            (TimingMethod.detail, "the forward pass of step 1"),
            (.normal, "a whole call of 1 token"),
        ] {
            manifest.grid.method = method
            let items = PageSection.definitions(manifest, in: .en).body.text.split(
                separator: "<dt>")
            func definition(_ word: String) -> Substring? { items.first { $0.hasPrefix(word) } }
            func ofGuides(_ word: String) -> Substring? {
                definition("<span lang=\"zh\">\(word)</span>")
            }
            #expect(ofGuides("首token耗时")?.contains(first) == true)
            #expect(definition("TTFT")?.contains("token耗时") == false)
            #expect(definition("TPOT")?.contains("token平均耗时") == false)
            #expect(ofGuides("非首token平均耗时")?.contains("gap") == false)
        }
    }
}
