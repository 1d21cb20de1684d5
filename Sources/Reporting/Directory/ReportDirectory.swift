import CLinuxShims
import Glibc
package import Sweep

/// A report on its way to the disk: every result is written, and synced, as it comes.
///
/// Whatever ends the sweep, what was measured before stays readable: lines are appended whole or
/// not at all, and the manifest is replaced as a whole.
package final class ReportDirectory: Sink {
    static let manifestName = "manifest.json"
    static let samplesName = "samples.jsonl"
    static let summaryName = "summary.csv"
    static let tablesName = "tables.md"

    /// The names that a report has for its own files, which nothing else in it may have.
    package static let ownNames: Set = [
        manifestName, samplesName, summaryName, tablesName, Page.fileName, DirectoryLock.fileName,
        MaxBatchReport.batchesName, "max_batch_probes.csv", MaxBatchCurve.fileName,
        MaxBatchDirectory.probesName,
    ]

    package let path: String
    /// Written at the start and at the end; sections may be added in between.
    package var manifest: Manifest
    /// What the tables hold so far.
    package private(set) var rows: [Row] = []

    private var controls: [ControlRun] = []

    /// What an earlier run left in the directory; nothing in a new one.
    package let earlier: EarlierResults
    private let isResumed: Bool
    /// What is tried again, though it came out otherwise than ok.
    private let retried: [PointResult]
    /// Keeps other processes out as long as this one writes; nil before a new report begins.
    private var lock: DirectoryLock?

    private let documentsName: String
    private let createFile: (String) throws(ReportingError) -> OutputFile
    private var samples: OutputFile?
    private var summary: OutputFile?
    /// One for each setting of the machine, of which their layout knows nothing.
    private var documents: [Parameters: OutputFile] = [:]

    /// Takes a path for a new report; nothing is written before the sweep begins.
    ///
    /// - Parameter documentsName: Name of the documents' CSV, in place of theirs.
    /// - Throws: ``ReportingError/occupied(path:)`` if something is there already.
    package convenience init(
        path: String, manifest: Manifest, documentsName: String? = nil
    ) throws(ReportingError) {
        try self.init(
            path: path, manifest: manifest, documentsName: documentsName
        ) { path throws(ReportingError) in
            try OutputFile(creating: path)
        }
    }

    /// Takes a path for a new report whose files are made by `createFile`, for tests of bad disks.
    package init(
        path: String, manifest: Manifest, documentsName: String? = nil,
        createFile: @escaping (String) throws(ReportingError) -> OutputFile
    ) throws(ReportingError) {
        self.path = path
        self.manifest = manifest
        self.documentsName = documentsName ?? Self.documentsName(for: manifest.engine)
        self.createFile = createFile
        earlier = EarlierResults()
        isResumed = false
        retried = []
        try Self.checkVacant(path)
    }

    /// Takes the directory of a report that was cut off, to go on with it; a vacant one begins it.
    ///
    /// A last line that was cut off is taken out of the samples; the tables are written anew.
    ///
    /// - Parameters:
    ///   - lock: of the directory; nil takes it here.
    ///   - retrying: Points that came out so are tried again.
    /// - Throws: ``ReportingError/otherConfiguration(path:differences:)`` if something else was
    ///   measured there, or the same in another way.
    package init(
        resuming path: String, under lock: DirectoryLock? = nil, manifest: Manifest,
        documentsName: String? = nil, retrying: Set<Status> = []
    ) throws(ReportingError) {
        self.path = path
        if let lock { self.lock = lock } else { self.lock = try Self.lock(path) }
        self.documentsName = documentsName ?? Self.documentsName(for: manifest.engine)
        createFile = { path throws(ReportingError) in try OutputFile(creating: path) }
        guard access("\(path)/\(Self.manifestName)", F_OK) == 0 else {
            self.manifest = manifest
            earlier = EarlierResults()
            isResumed = false
            retried = []
            // What is left of a run that was killed while it wrote its very first file.
            unlink(OutputFile.temporaryName("\(path)/\(Self.manifestName)"))
            try Self.checkVacant(path)
            return
        }
        let resumed = try manifest.continuing(in: path)
        self.manifest = resumed
        let samples = "\(path)/\(Self.samplesName)"
        var reader = SampleReader(path: samples)
        if access(samples, F_OK) == 0 {
            try reader.read(try Report.read(samples))
            try OutputFile.cut(samples, to: reader.wholeByteCount)
        }
        if let point = reader.points(keyedOtherwiseThan: { resumed.key(of: $0) }).first {
            throw .otherConfiguration(
                path: path, differences: ["\(point) was measured in another way"])
        }
        var earlier = reader.earlierResults
        retried = reader.results.filter { retrying.contains($0.status) }
        for result in retried { earlier.outcomes[result.point] = nil }
        self.earlier = earlier
        controls = reader.controls
        isResumed = true
    }

    /// Whether a report may be written there: nothing exists, or an empty directory.
    ///
    /// For a command that wants to know before it loads a model.
    ///
    /// - Throws: ``ReportingError`` if not.
    package static func checkVacant(_ path: String) throws(ReportingError) {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return }
            throw .file(operation: "open", path: path, code: errno)
        }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = String(cString: cls_entry_name(entry))
            guard [".", "..", DirectoryLock.fileName].contains(name) else {
                throw .occupied(path: path)
            }
        }
    }

    /// The right to write into a directory, which is made where there is none.
    ///
    /// - Throws: ``ReportingError/inUse(path:holder:)``; ``ReportingError``.
    package static func lock(_ path: String) throws(ReportingError) -> DirectoryLock {
        try createDirectory(path)
        return try DirectoryLock(path)
    }

    /// `<parent>/<time>-<model>-<precision>`, with a number after it if that exists.
    package static func defaultPath(
        in parent: String, for engine: EngineIdentity, at time: Timestamp = .now
    ) -> String {
        let name = fileName("\(time.fileName)-\(engine.model)-\(engine.precision)")
        let first = "\(parent)/\(name)"
        var path = first
        var number = 2
        while access(path, F_OK) == 0 {
            path = "\(first)-\(number)"
            number += 1
        }
        return path
    }

    /// The name of the documents' CSV: `performance_test_cpu_qwen1.5-0.5b_bf16.csv`.
    ///
    /// - Parameter model: What it calls the model; as the engine does if nil.
    package static func documentsName(
        for engine: EngineIdentity, model: String? = nil
    ) -> String {
        fileName(
            "performance_test_\(engine.device)_\(model ?? engine.model)_\(engine.precision).csv")
    }

    /// The text of `tables.md` as far as it is known.
    package var tablesText: String {
        TablesText(manifest, rows).text
    }

    /// What a terminal shows of it.
    package func resultsText(in language: Language) -> String {
        ResultsText(manifest, rows, in: language).text
    }

    /// Adds to the manifest what is known only when the sweep is over.
    package func add(_ section: String, _ value: some Encodable) throws(ReportingError) {
        try manifest.set(section, to: value)
        if samples != nil { try writeManifest() }
    }

    // MARK: - Sink

    package func begin(_ plan: Plan) throws {
        if !isResumed {
            lock = try lock ?? Self.lock(path)
            try Self.checkVacant(path)
        }
        manifest.grid = plan.grid
        try writeManifest()
        samples = try openFile(Self.samplesName, keeping: isResumed)
        for result in retried {
            try samples?.append(
                SampleLine(retryOf: result, key: manifest.key(of: result.point)).text())
        }
        let summary = try openFile(Self.summaryName)
        try summary.append(CSV.header(Column.summary))
        self.summary = summary
        for setting in plan.grid.settings.settings {
            let file = try openFile(Self.name(documentsName, for: setting))
            try file.append(CSV.header(Column.documents))
            documents[setting] = file
        }
    }

    package func record(_ repetition: Repetition) throws {
        try samples?.append(
            SampleLine(repetition, key: manifest.key(of: repetition.point)).text())
    }

    package func record(_ control: ControlRun) throws {
        try samples?.append(
            SampleLine(control, key: manifest.key(of: control.repetition.point)).text())
        controls.append(control)
    }

    package func finish(_ result: PointResult) throws {
        let row = Row(result, in: manifest.grid)
        // First what happened: the rows can be made again from it.
        if result.status != .ok, earlier.outcomes[result.point] == nil {
            try samples?.append(
                SampleLine(outcomeOf: result, key: manifest.key(of: result.point)).text())
        }
        rows.append(row)
        try summary?.append(CSV.line(Column.summary, row))
        try documents[result.point.setting]?.append(CSV.line(Column.documents, row))
    }

    package func end(_ outcome: Outcome) throws {
        defer { lock = nil }
        manifest.status =
            switch outcome.ending {
            case .completed: .completed
            case .interrupted: .interrupted
            case .failed: .failed
            }
        manifest.finishedAt = Timestamp.now.iso8601
        manifest.warnings += outcome.warnings
        // A sweep that could not begin has no directory of its own to write to.
        guard samples != nil else { return }
        let drifts = Drift.perSetting(controls)
        for index in rows.indices { rows[index].drift = drifts[rows[index].point.setting] }
        let notRun = try manifest.rowsNotRun(beside: rows)
        rows += notRun.rows
        if let warning = notRun.warning { manifest.warnings.append(warning) }
        let tables = Result {
            for row in notRun.rows {
                try documents[row.point.setting]?.append(CSV.line(Column.documents, row))
            }
            // Only now it is known whether the machine drifted.
            try OutputFile.replace(file(Self.summaryName), with: CSV.text(Column.summary, rows))
            try OutputFile.replace(file(Self.tablesName), with: tablesText)
            let page = SweepPage(manifest: manifest, rows: rows).page
            try OutputFile.replace(file(Page.fileName), with: page.html)
        }
        try writeManifest()
        try tables.get()
    }

    // MARK: - Files

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    /// A file of the report, made anew; or, if it is there and to be kept, at its end.
    private func openFile(
        _ name: String, keeping isKept: Bool = false
    ) throws(ReportingError) -> OutputFile {
        let path = file(name)
        if isResumed, access(path, F_OK) == 0 {
            if isKept { return try OutputFile(appendingTo: path) }
            unlink(path)
        }
        return try createFile(path)
    }

    private func writeManifest() throws(ReportingError) {
        try manifest.write(to: path)
    }

    /// Makes the directory and those above it.
    package static func createDirectory(_ path: String) throws(ReportingError) {
        var ends = path.indices.dropFirst().filter { path[$0] == "/" }
        ends.append(path.endIndex)
        for end in ends {
            let directory = String(path[..<end])
            if mkdir(directory, 0o755) == 0 {
                try DirectoryNames.sync(around: directory)
            } else if errno != EEXIST {
                throw .file(operation: "create directory", path: directory, code: errno)
            }
        }
    }

    /// `performance_test_cpu_tiny_f32.csv` becomes `performance_test_cpu_tiny_f32_t2-local.csv`.
    private static func name(_ name: String, for setting: Parameters) -> String {
        guard let id = setting.id else { return name }
        let end = name.hasSuffix(".csv") ? name.index(name.endIndex, offsetBy: -4) : name.endIndex
        return fileName("\(name[..<end])_\(id)\(name[end...])")
    }

    /// A name without what a path or a shell would read: a model may be called `Qwen/Qwen1.5-7B`.
    private static func fileName(_ text: String) -> String {
        String(text.map { $0 == "/" || $0.isWhitespace ? "_" : $0 })
    }
}
