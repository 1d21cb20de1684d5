package import Basics
import Glibc
import Measurement
package import Sweep

/// The report of a search for the largest batch: one search for each pair of lengths.
package struct MaxBatchReport {
    /// One pair of lengths and what was found for it.
    package struct Entry {
        package let pair: LengthPair
        package let result: MaxBatchSearch.Result

        package init(pair: LengthPair, result: MaxBatchSearch.Result) {
            self.pair = pair
            self.result = result
        }

        /// The probe that stands for the answer: the last one of it that passed.
        package var best: Probe? {
            result.probes.last { $0.point.batch == result.batch && $0.passed }
        }
    }

    static let batchesName = "max_batch.csv"

    package var manifest: Manifest
    package var entries: [Entry] = []

    package init(manifest: Manifest) {
        self.manifest = manifest
    }

    /// The documents' table of the largest batches, as CSV.
    package var batchesCSV: String { CSV.text(Self.batchColumns(in: .zh), entries) }

    /// Every probe in the order it was made, as CSV.
    package var probesCSV: String {
        CSV.text(Self.probeColumns, entries.flatMap(\.result.probes))
    }

    /// The documents' table as Markdown, with what there is to say below it.
    package var tablesText: String { tablesText(in: nil) }

    /// The same in a language.
    ///
    /// - Parameter language: nil for the guides' titles over English words, for readers of either.
    package func tablesText(in language: Language?) -> String {
        let words = language ?? .en
        let subject = "\(manifest.engine.model), \(manifest.engine.precision)"
        var text = "# \(subject)\(words.colon)\(Self.title(in: words))\n\n"
        text += MarkdownTable.text(Self.batchColumns(in: language ?? .zh), entries) + "\n"
        return text + notes(in: words).map { "- \($0)\n" }.joined()
    }

    static func title(in language: Language) -> String {
        language(en: "largest batch", zh: "最大 batch")
    }

    /// What there is to say of each pair of lengths.
    func notes(in language: Language) -> [String] {
        let limits = MaxBatchLimits(manifest)
        return entries.flatMap { entry in
            let notes = entry.result.notes + whyNone(entry, limits)
            return notes.map { "\(entry.pair)\(language.colon)\($0[language])" }
        }
    }

    private func whyNone(_ entry: Entry, _ limits: MaxBatchLimits) -> [Wording] {
        guard entry.result.batch == nil else { return [] }
        let last = entry.result.probes.last.map(MaxBatchCurve.Point.init)
        let reason = last.flatMap(limits.reason(of:)) ?? .nothingTried
        return [Wording(en: "no batch passed: \(reason.en)", zh: "没有 batch 通过：\(reason.zh)")]
    }

    /// Writes manifest, tables and the curve of memory against batch into a directory.
    ///
    /// - Throws: `ReportingError` when the disk refuses.
    func write(to path: String, in language: Language?) throws(ReportingError) {
        try manifest.write(to: path)
        try OutputFile.replace("\(path)/\(Self.batchesName)", with: batchesCSV)
        try OutputFile.replace("\(path)/max_batch_probes.csv", with: probesCSV)
        try OutputFile.replace(
            "\(path)/\(MaxBatchCurve.fileName)", with: jsonText(curves, pretty: true) + "\n")
        try OutputFile.replace("\(path)/tables.md", with: tablesText(in: language))
        let page = MaxBatchPage(manifest: manifest, curves: curves, in: language ?? .en).page
        try OutputFile.replace("\(path)/\(Page.fileName)", with: page.html)
    }

    /// What was found for each pair.
    package var curves: [MaxBatchCurve] { entries.map(MaxBatchCurve.init) }

    /// The columns of the documents' table of largest batches.
    static func batchColumns(in language: Language) -> [Column<Entry>] {
        [
            Column(header: "batch_size") { $0.result.batch.map(Value.integer) ?? .missing },
            Column(header: "input length") { .integer($0.pair.input) },
            Column(header: "output length") { .integer($0.pair.output) },
            Column(header: PublishedMetric.firstToken.title(in: language)) {
                Value($0.best?.sample?.forwardFirst)
            },
            Column(header: PublishedMetric.nextToken.title(in: language)) {
                Value($0.best?.sample?.forwardNext)
            },
            Column(header: PublishedMetric.throughput.title(in: language)) {
                Value($0.best?.sample?.outputRate)
            },
        ]
    }

    static let probeColumns: [Column<Probe>] = [
        Column("batch") { .integer($0.point.batch) },
        Column("input_tokens") { .integer($0.point.inputLength) },
        Column("output_tokens") { .integer($0.point.outputLength) },
        Column("outcome") { .text($0.passed ? "passed" : "failed") },
        Column("status") { .text($0.status.rawValue) },
        Column("reason") { Value($0.remark) },
        Column("ttft", unit: "ms") { Value($0.sample?.ttft) },
        Column("tpot", unit: "ms") { Value($0.sample?.tpot) },
        Column("predicted", unit: "bytes") { $0.predictedBytes.map(Value.integer) ?? .missing },
        Column("peak", unit: "bytes") { $0.peakBytes.map(Value.integer) ?? .missing },
    ]
}
