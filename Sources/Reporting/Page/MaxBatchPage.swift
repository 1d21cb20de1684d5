import FoundationEssentials
import Glibc

/// The page of a search for the largest batch.
package struct MaxBatchPage {
    package var manifest: Manifest
    package var curves: [MaxBatchCurve]

    package init(manifest: Manifest, curves: [MaxBatchCurve]) {
        self.manifest = manifest
        self.curves = curves
    }

    /// Reads the report of a search back.
    ///
    /// - Throws: ``ReportingError`` that names the file and what is wrong with it.
    package init(path: String) throws(ReportingError) {
        manifest = try Report.manifest(path: path)
        let file = Self.curvesPath(path)
        let data = try Report.read(file)
        do {
            curves = try JSONDecoder().decode([MaxBatchCurve].self, from: data)
        } catch {
            throw .malformed(path: file, line: 1, what: SampleLine.cause(of: error))
        }
    }

    /// Whether a directory holds the report of a search.
    package static func isReport(_ path: String) -> Bool { access(curvesPath(path), F_OK) == 0 }

    private static func curvesPath(_ path: String) -> String {
        "\(path)/\(MaxBatchCurve.fileName)"
    }

    package var page: Page {
        let limits = MaxBatchLimits(manifest)
        let sections: [PageSection?] = [
            .largestBatches(manifest, curves, limits), .batchCurves(curves, limits),
            .attempts(curves), .machine(manifest, []),
        ]
        return Page(
            title: "\(manifest.title): largest batch", subtitles: manifest.subtitles,
            sections: sections.compactMap(\.self))
    }
}

/// What an attempt had to keep, as the manifest says; nil where there was no such limit.
struct MaxBatchLimits {
    let memoryBytes: Int?
    /// Whose memory that is: `the process`, or `each rank`.
    private let holder: String
    let ttft: Double?
    let tpot: Double?

    init(_ manifest: Manifest) {
        let limits = manifest.sections["limits"]
        memoryBytes = limits?["memory_bytes"]?.number.flatMap { Int(exactly: $0.rounded()) }
        holder =
            manifest.sections["execution"]?["ranks"]?.number == nil ? "the process" : "each rank"
        ttft = limits?["ttft_ms"]?.number
        tpot = limits?["tpot_ms"]?.number
    }

    /// In words: `memory at most 2 GiB, TPOT at most 50 ms`.
    var words: String {
        let words = [
            memoryBytes.map { "memory of \(holder) at most \(bytesText($0))" },
            ttft.map { "TTFT at most \(fourDigits($0)) ms" },
            tpot.map { "TPOT at most \(fourDigits($0)) ms" },
        ].compactMap(\.self)
        return words.isEmpty ? "no limits" : words.joined(separator: ", ")
    }
}
