import FoundationEssentials
import Glibc
import Measurement
import Sweep

/// A report read back from its directory: the same rows, derived from the samples by the same code.
package struct Report: Equatable, Sendable {
    package let manifest: Manifest
    /// In the order they were measured.
    package let rows: [Row]
    /// What was wrong with the files but could be borne.
    package let warnings: [String]

    /// Reads a report directory.
    ///
    /// A last line that was cut off is left out, with a warning: the writer was killed in it.
    ///
    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    package init(path: String) throws(ReportingError) {
        manifest = try Self.manifest(path: path)

        let samplesPath = "\(path)/\(ReportDirectory.samplesName)"
        var reader = SampleReader(path: samplesPath)
        try reader.read(try Self.read(samplesPath))
        let grid = manifest.grid
        let drifts = Drift.perSetting(reader.controls)
        rows = reader.results.map { Row($0, in: grid, drift: drifts[$0.point.setting]) }
        warnings = reader.warnings
    }

    /// The documents' CSV.
    package var documentsCSV: String { CSV.text(Column.documents, rows) }

    /// `summary.csv`.
    package var summaryCSV: String { CSV.text(Column.summary, rows) }

    /// `tables.md`.
    package var tablesText: String {
        TablesText(
            identity: manifest.engine, grid: manifest.grid, rows: rows, status: manifest.status
        ).text
    }

    /// Manifest and summary as one JSON object; a missing value is null.
    package func json() throws(ReportingError) -> String {
        let rows = rows.map { row in
            let fields = Column.summary.map { ($0.header, JSONValue($0.value(row))) }
            return JSONValue.object(Dictionary(uniqueKeysWithValues: fields))
        }
        let object: [String: JSONValue] = [
            "manifest": try Self.asJSON(manifest), "rows": .array(rows),
        ]
        return try jsonText(object, pretty: true) + "\n"
    }

    static func asJSON(_ manifest: Manifest) throws(ReportingError) -> JSONValue {
        do {
            return try JSONDecoder().decode(
                JSONValue.self, from: Data(try manifest.json().utf8))
        } catch {
            throw .unencodable(what: "the manifest: \(error)")
        }
    }

    /// The manifest of a report directory.
    static func manifest(path: String) throws(ReportingError) -> Manifest {
        let manifestPath = "\(path)/\(ReportDirectory.manifestName)"
        guard access(manifestPath, F_OK) == 0 else { throw .notAReport(path: path) }
        return try manifest(try read(manifestPath), path: manifestPath)
    }

    private struct Schema: Decodable {
        var version: Int

        enum CodingKeys: String, CodingKey {
            case version = "schema_version"
        }
    }

    private static func manifest(
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
}
