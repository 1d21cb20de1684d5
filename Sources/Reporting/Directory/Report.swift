import FoundationEssentials
import Glibc
import Measurement
import Sweep

/// A report read back from its directory: the same rows, derived from the samples by the same code.
package struct Report: Equatable, Sendable {
    package let manifest: Manifest
    /// In the order they were measured, then those that the sweep never came to.
    package let rows: [Row]
    /// What was wrong with the files but could be borne.
    package let warnings: [String]

    /// Reads a report directory.
    ///
    /// A last line that was cut off is left out, with a warning: the writer was killed in it. A
    /// planned point without a line is a row with the status `not_run`.
    ///
    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    package init(path: String) throws(ReportingError) {
        try self.init(ReportFiles(path: path))
    }

    /// Reads the files of a report, wherever they were kept.
    ///
    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    package init(_ files: ReportFiles) throws(ReportingError) {
        manifest = try Self.manifest(files.manifest, path: files.manifestPath)
        var reader = SampleReader(path: files.samplesPath)
        var warnings: [String] = []
        if let samples = files.samples {
            try reader.read(samples)
        } else {
            warnings.append("\(files.samplesPath) is missing: nothing was measured")
        }
        let grid = manifest.grid
        let drifts = Drift.perSetting(reader.controls)
        let measured = reader.results.map { Row($0, in: grid, drift: drifts[$0.point.setting]) }
        do {
            let notRun = try manifest.rowsNotRun(beside: measured)
            rows = measured + notRun.rows
            if let warning = notRun.warning { warnings.append(warning) }
        } catch {
            rows = measured
            warnings.append(
                "\(files.manifestPath) has no possible grid, so points that were "
                    + "never measured are not shown: \(error)")
        }
        self.warnings = reader.warnings + warnings
    }

    /// The documents' CSV.
    package var documentsCSV: String { CSV.text(Column.documents, rows) }

    /// `summary.csv`.
    package var summaryCSV: String { CSV.text(Column.summary, rows) }

    /// What a terminal shows of it.
    package func resultsText(in language: Language) -> String {
        ResultsText(manifest, rows, in: language).text
    }

    /// `tables.md`.
    package var tablesText: String { tablesText(in: nil) }

    /// `tables.md`, all its words in one language.
    package func tablesText(in language: Language?) -> String {
        TablesText(manifest, rows, in: language).text
    }

    /// The manifest of a report directory.
    static func manifest(path: String) throws(ReportingError) -> Manifest {
        try manifest(
            try manifestData(path: path), path: "\(path)/\(ReportDirectory.manifestName)")
    }

    /// The bytes of the manifest of a report directory.
    static func manifestData(path: String) throws(ReportingError) -> Data {
        let manifestPath = "\(path)/\(ReportDirectory.manifestName)"
        guard access(manifestPath, F_OK) == 0 else { throw .notAReport(path: path) }
        return try read(manifestPath)
    }

    private struct Schema: Decodable {
        var version: Int

        enum CodingKeys: String, CodingKey {
            case version = "schema_version"
        }
    }

    /// The manifest in these bytes, which are of that file.
    static func manifest(
        _ data: Data, path: String
    ) throws(ReportingError) -> Manifest {
        do {
            // Before all else: a newer layout may lack what this one has.
            let schema = try JSONDecoder().decode(Schema.self, from: data).version
            guard schema <= Manifest.currentSchema else {
                throw ReportingError.newerSchema(
                    path: path, found: schema, known: Manifest.currentSchema)
            }
            return try JSONDecoder().decode(Manifest.self, from: data)
        } catch let error as ReportingError {
            throw error
        } catch {
            throw .malformed(path: path, line: 1, what: SampleLine.cause(of: error))
        }
    }

    /// The bytes of a file, which may not be more than `limit`.
    static func read(
        _ path: String, limit: Int = .max
    ) throws(ReportingError) -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        var data = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .file(operation: "read", path: path, code: errno)
            }
            if count == 0 { return data }
            data.append(contentsOf: chunk[..<count])
            guard data.count <= limit else {
                throw .malformed(path: path, line: 1, what: "the file has more than \(limit) bytes")
            }
        }
    }

    /// The version of the layout of ``json(beside:)``: a key that goes or changes its meaning raises it.
    package static let currentSchema = 1

    /// Manifest, rows and comparisons as one JSON object; a missing value is null.
    ///
    /// `docs/schemas/report.schema.json` describes it.
    package func json(beside besides: [Beside] = []) throws(ReportingError) -> String {
        let rows = rows.map { row in
            let fields = Column.summary.map { ($0.header, JSONValue($0.value(row))) }
            return JSONValue.object(Dictionary(uniqueKeysWithValues: fields))
        }
        let printed = Printed(
            schemaVersion: Self.currentSchema, manifest: manifest, rows: rows,
            beside: besides.map(\.json))
        return try jsonText(printed, pretty: true) + "\n"
    }

    private struct Printed: Encodable {
        let schemaVersion: Int
        let manifest: Manifest
        let rows: [JSONValue]
        let beside: [JSONValue]

        enum CodingKeys: String, CodingKey {
            case schemaVersion = "schema_version"
            case manifest, rows, beside
        }
    }
}
