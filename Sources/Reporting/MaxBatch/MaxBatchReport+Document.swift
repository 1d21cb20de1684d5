package import Basics
import Sweep

extension ReportDocument {
    /// The names of the tables of a search for the largest batch.
    package static let maxBatchTables = ["batches", "attempts"]

    /// A search for the largest batch.
    package init(_ report: MaxBatchReport, in language: Language?) {
        let words = language ?? .en
        self.init(
            title: report.manifest.title + words.colon + MaxBatchReport.title(in: words),
            notes: report.notes(in: words),
            tables: [
                ReportTable(
                    Self.maxBatchTables[0], MaxBatchReport.batchColumns(in: language ?? .zh),
                    report.entries),
                ReportTable(
                    Self.maxBatchTables[1], MaxBatchReport.probeColumns,
                    report.entries.flatMap(\.result.probes)),
            ], in: words)
        text = { report.tablesText(in: words) }
        markdown = { report.tablesText(in: language) }
        json = { try report.json() }
        page = { MaxBatchPage(manifest: report.manifest, curves: report.curves, in: words).page }
    }
}

extension MaxBatchReport {
    /// The version of the layout of ``json()``.
    static let currentSchema = 1

    /// Manifest and searches as one JSON object.
    ///
    /// `docs/schemas/max-batch.schema.json` describes it.
    package func json() throws(ReportingError) -> String {
        let printed = Printed(
            schemaVersion: Self.currentSchema, manifest: manifest, searches: curves)
        return try jsonText(printed, pretty: true) + "\n"
    }

    private struct Printed: Encodable {
        let schemaVersion: Int
        let manifest: Manifest
        let searches: [MaxBatchCurve]

        enum CodingKeys: String, CodingKey {
            case schemaVersion = "schema_version"
            case manifest, searches
        }
    }
}
