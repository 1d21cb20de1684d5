import FoundationEssentials
import Glibc

/// What the JSON file beside a CSV says of it: where it comes from and what it was measured on.
package struct Provenance: Decodable, Equatable, Sendable {
    package struct Document: Decodable, Equatable, Sendable {
        package let title: String
        package let origin: String?
        package let section: String?
    }

    package struct Column: Decodable, Equatable, Sendable {
        package let name: String
        /// `integer`, `number` or `text`.
        package let type: String
        package let unit: String?
    }

    /// Something that the numbers say together, and whether they do.
    package struct Claim: Decodable, Equatable, Sendable {
        package let rule: String
        package let holds: Bool
        package let remark: String
    }

    /// The version of this layout.
    package static let currentSchema = 1

    package let schemaVersion: Int
    package let title: String
    package let kind: String?
    package let document: Document?
    package let model: String?
    package let precision: String?
    package let hardware: String?
    package let software: [String]?
    package let method: String?
    package let columns: [Column]?
    package let arithmetic: [Claim]?
    package let notes: [String]?
    /// Why a property is null.
    package let notStated: [String: String]?

    private enum CodingKeys: String, CodingKey {
        case title, kind, document, model, precision, hardware, software, method, columns
        case arithmetic, notes
        case schemaVersion = "schema_version"
        case notStated = "not_stated"
    }

    /// More is not a description.
    private static let mostBytes = 1 << 20

    /// Where the provenance of a CSV is: the same name, ending in `.json`.
    package static func path(of csv: String) -> String {
        (csv.hasSuffix(".csv") ? String(csv.dropLast(4)) : csv) + ".json"
    }

    /// Reads it; nil if there is none.
    ///
    /// - Throws: ``ReportingError`` that names the file and what is wrong with it.
    package static func of(csv: String) throws(ReportingError) -> Provenance? {
        let path = path(of: csv)
        guard access(path, F_OK) == 0 else { return nil }
        let data = try Report.read(path, limit: mostBytes)
        let found: Provenance
        do {
            found = try JSONDecoder().decode(Provenance.self, from: data)
        } catch {
            throw .malformed(path: path, line: 1, what: SampleLine.cause(of: error))
        }
        guard found.schemaVersion <= currentSchema else {
            throw .newerSchema(path: path, found: found.schemaVersion, known: currentSchema)
        }
        return found
    }

    /// What it states.
    package var circumstances: [Circumstance: String] {
        var stated: [Circumstance: String] = [:]
        stated[.model] = model
        stated[.precision] = precision
        stated[.hardware] = hardware
        stated[.software] = software?.joined(separator: ", ")
        stated[.method] = method
        return stated
    }
}
