package import Basics
import Glibc
package import Sweep

/// The report of a search for the largest batch on its way to the disk: every attempt is written, and
/// synced, as it comes; the tables at the end.
package final class MaxBatchDirectory {
    static let probesName = "probes.jsonl"

    package let path: String
    package private(set) var report: MaxBatchReport
    /// Of its tables and its page; nil for the guides' Chinese over English words, and an English page.
    package var language: Language?
    /// What an earlier run of the same search tried, and this one has not asked for yet.
    private var earlier: [Probe]
    private let lock: DirectoryLock
    private let probes: OutputFile

    /// Begins a report.
    ///
    /// - Throws: ``ReportingError`` when something is there already or the disk refuses.
    package init(path: String, manifest: Manifest) throws(ReportingError) {
        lock = try ReportDirectory.lock(path)
        try ReportDirectory.checkVacant(path)
        self.path = path
        report = MaxBatchReport(manifest: manifest)
        earlier = []
        try manifest.write(to: path)
        probes = try OutputFile(creating: "\(path)/\(Self.probesName)")
    }

    /// Goes on with a report that was cut off.
    ///
    /// - Throws: ``ReportingError/otherConfiguration(path:differences:)`` if something else was
    ///   searched for there, or in another way; ``ReportingError``.
    package init(
        resuming path: String, under lock: DirectoryLock, manifest: Manifest
    ) throws(ReportingError) {
        self.path = path
        self.lock = lock
        let continued = try manifest.continuing(in: path)
        report = MaxBatchReport(manifest: continued)
        let file = "\(path)/\(Self.probesName)"
        if access(file, F_OK) == 0 {
            let known = try ProbeLine.read(file)
            try OutputFile.cut(file, to: known.byteCount)
            earlier = known.probes
            probes = try OutputFile(appendingTo: file)
        } else {
            earlier = []
            probes = try OutputFile(creating: file)
        }
        try continued.write(to: path)
    }

    /// What an earlier run found out by trying a point, in the order it did; nil if it did not.
    package func takeEarlier(_ point: Point) -> Probe? {
        earlier.firstIndex { $0.point == point }.map { earlier.remove(at: $0) }
    }

    /// Keeps an attempt; it is on the disk when this returns.
    package func record(_ probe: Probe) throws(ReportingError) {
        try probes.append(ProbeLine(probe).text())
    }

    /// Keeps what was found for a pair of lengths.
    package func add(_ entry: MaxBatchReport.Entry) { report.entries.append(entry) }

    /// Writes the tables, the curve of memory against batch and the page.
    package func end(_ status: Manifest.Status) throws(ReportingError) {
        report.manifest.status = status
        report.manifest.finishedAt = Timestamp.now.iso8601
        try report.write(to: path, in: language)
    }
}
