package import FoundationEssentials
import Glibc

/// The two files of a report that all else is computed from, byte by byte.
package struct ReportFiles: Equatable, Sendable {
    /// Where they are, for messages.
    package let path: String
    /// `manifest.json`.
    package let manifest: Data
    /// `samples.jsonl`; nil if nothing was measured.
    package let samples: Data?

    /// Takes files that were kept elsewhere than in a directory.
    package init(path: String, manifest: Data, samples: Data?) {
        self.path = path
        self.manifest = manifest
        self.samples = samples
    }

    /// Reads them from a report directory.
    ///
    /// - Throws: ``ReportingError`` that names the file.
    package init(path: String) throws(ReportingError) {
        let manifest = try Report.manifestData(path: path)
        // Before the samples: a newer layout may have none.
        let parsed = try Report.manifest(
            manifest, path: "\(path)/\(ReportDirectory.manifestName)")
        if let task = parsed.sections["task"]?.text { throw .noTimes(path: path, task: task) }
        let samplesPath = "\(path)/\(ReportDirectory.samplesName)"
        var samples: Data?
        if access(samplesPath, F_OK) == 0 {
            samples = try Report.read(samplesPath)
        } else if parsed.sections["limits"] != nil
            || access("\(path)/\(MaxBatchReport.batchesName)", F_OK) == 0
        {
            throw .notASweep(path: path)
        }
        self.init(path: path, manifest: manifest, samples: samples)
    }

    var manifestPath: String { "\(path)/\(ReportDirectory.manifestName)" }
    var samplesPath: String { "\(path)/\(ReportDirectory.samplesName)" }
}
