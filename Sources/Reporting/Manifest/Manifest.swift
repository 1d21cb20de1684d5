import Basics
import FoundationEssentials
package import Sweep

/// `manifest.json`: what was measured, by what, on what, and how it ended.
package struct Manifest: Codable, Equatable, Sendable {
    package enum Status: String, Codable, Sendable {
        /// Written at the start: a report that still says so was cut off.
        case running
        case completed
        case interrupted
        case failed

        /// The word that stands for it.
        func word(in language: Language) -> String {
            switch self {
            case .running: language(en: rawValue, zh: "进行中")
            case .completed: language(en: rawValue, zh: "完成")
            case .interrupted: language(en: rawValue, zh: "被中断")
            case .failed: language(en: rawValue, zh: "失败")
            }
        }
    }

    /// The version of the layout of a report directory.
    package static let currentSchema = 2

    package var schemaVersion = Manifest.currentSchema
    package var toolVersion: String
    package var commandLine: [String]
    /// `debug` or `release`: the times of a debug build are worth nothing.
    package var buildConfiguration: String
    package var startedAt: String
    package var finishedAt: String?
    package var status = Status.running
    package var clockEpoch: ClockEpoch
    package var engine: EngineIdentity
    /// What decides the engine's results; nil in version 1, whose sections say it.
    package var fingerprint: Fingerprint?
    package var grid: Grid
    package var warnings: [String] = []
    /// nil without any, and in older reports.
    package var labels: Labels?
    /// What only the command line knows: the machine, pins asked and got, memory policy,
    /// instruction set, where the weights came from, estimates.
    package var sections: [String: JSONValue] = [:]

    package init(
        toolVersion: String, commandLine: [String], buildConfiguration: String,
        engine: EngineIdentity, fingerprint: Fingerprint? = nil, grid: Grid,
        startedAt: Timestamp = .now,
        clockEpoch: ClockEpoch = .now
    ) {
        self.toolVersion = toolVersion
        self.commandLine = commandLine
        self.buildConfiguration = buildConfiguration
        self.engine = engine
        self.fingerprint = fingerprint
        self.grid = grid
        self.startedAt = startedAt.iso8601
        self.clockEpoch = clockEpoch
    }

    /// Reads the manifest of a directory.
    ///
    /// - Throws: ``ReportingError`` that names the file and what is wrong with it.
    package init(directory: String) throws(ReportingError) {
        self = try Report.manifest(path: directory)
    }

    /// Writes the manifest of a directory, as a whole.
    package func write(to directory: String) throws(ReportingError) {
        try OutputFile.replace("\(directory)/\(ReportDirectory.manifestName)", with: json())
    }

    /// Adds a section, the names of its properties in snake_case.
    package mutating func set(
        _ section: String, to value: some Encodable
    ) throws(ReportingError) {
        sections[section] = try JSONValue(encoding: value)
    }

    /// The text of the file.
    package func json() throws(ReportingError) -> String {
        try jsonText(self, pretty: true) + "\n"
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case toolVersion = "tool_version"
        case commandLine = "command_line"
        case buildConfiguration = "build_configuration"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case status
        case clockEpoch = "clock_epoch"
        case engine, fingerprint, grid, warnings, labels, sections
    }
}

/// A value as JSON, its keys sorted so that equal values give equal text.
func jsonText(_ value: some Encodable, pretty: Bool = false) throws(ReportingError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    do {
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
        throw .unencodable(what: "\(type(of: value)): \(error)")
    }
}
