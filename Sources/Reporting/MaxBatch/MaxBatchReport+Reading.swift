import Glibc
import Sweep

extension MaxBatchReport {
    /// Whether a directory holds the attempts of a search that has ended.
    package static func isReport(_ path: String) -> Bool {
        MaxBatchPage.isReport(path) && access(probesPath(path), F_OK) == 0
    }

    /// Reads the report of a search back.
    ///
    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    package init(path: String) throws(ReportingError) {
        let page = try MaxBatchPage(path: path)
        let probes = try ProbeLine.read(Self.probesPath(path)).probes
        self.init(manifest: page.manifest)
        entries = page.curves.map { curve in
            Entry(
                pair: LengthPair(curve.input, curve.output),
                result: MaxBatchSearch.Result(
                    batch: curve.maxBatch,
                    probes: probes.filter {
                        $0.point.inputLength == curve.input && $0.point.outputLength == curve.output
                    },
                    notes: curve.notes ?? []))
        }
    }

    private static func probesPath(_ path: String) -> String {
        "\(path)/\(MaxBatchDirectory.probesName)"
    }
}
