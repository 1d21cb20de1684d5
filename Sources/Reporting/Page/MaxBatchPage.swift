package import Basics
import FoundationEssentials
import Glibc
import Sweep

/// The page of a search for the largest batch.
package struct MaxBatchPage {
    package var manifest: Manifest
    package var curves: [MaxBatchCurve]
    package var language: Language

    package init(manifest: Manifest, curves: [MaxBatchCurve], in language: Language = .en) {
        self.manifest = manifest
        self.curves = curves
        self.language = language
    }

    /// Reads the report of a search back.
    ///
    /// - Throws: ``ReportingError`` that names the file and what is wrong with it.
    package init(path: String, in language: Language = .en) throws(ReportingError) {
        self.language = language
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
            .largestBatches(manifest, curves, limits, in: language),
            .batchCurves(curves, limits, in: language), .attempts(curves, limits, in: language),
            .machine(manifest, [], in: language),
        ]
        return Page(
            title: manifest.title + language.colon + MaxBatchReport.title(in: language),
            subtitles: manifest.subtitles(in: language), sections: sections.compactMap(\.self),
            in: language)
    }
}

/// What an attempt had to keep, as the manifest says; nil where there was no such limit.
struct MaxBatchLimits {
    let memoryBytes: Int?
    /// Whose memory that is.
    private let holder: Wording
    let ttft: Double?
    let tpot: Double?

    init(_ manifest: Manifest) {
        let limits = manifest.sections["limits"]
        memoryBytes = limits?["memory_bytes"]?.number.flatMap { Int(exactly: $0.rounded()) }
        holder =
            manifest.sections["execution"]?["ranks"]?.number == nil
            ? Wording(en: "the process", zh: "进程") : Wording(en: "each rank", zh: "每个 rank ")
        ttft = limits?["ttft_ms"]?.number
        tpot = limits?["tpot_ms"]?.number
    }

    /// In words: `memory at most 2 GiB, TPOT at most 50 ms`.
    func words(in language: Language) -> String {
        func most(_ name: String, _ value: String) -> String {
            language(en: "\(name) at most \(value)", zh: "\(name)不超过 \(value)")
        }
        let words = [
            memoryBytes.map {
                most(
                    language(en: "memory of \(holder.en)", zh: "\(holder.zh)的内存"), bytesText($0))
            },
            ttft.map { most(language(en: "TTFT", zh: "TTFT "), "\(fourDigits($0)) ms") },
            tpot.map { most(language(en: "TPOT", zh: "TPOT "), "\(fourDigits($0)) ms") },
        ].compactMap(\.self)
        return words.isEmpty
            ? language(en: "no limits", zh: "没有限值") : words.joined(separator: language.comma)
    }

    /// Why an attempt did not pass; nil if it did.
    ///
    /// What broke a limit on time is told anew; all else in the words in which it was recorded.
    func reason(of point: MaxBatchCurve.Point) -> Wording? {
        guard let recorded = point.reason else { return nil }
        let broken = TimeLimits(ttft: ttft, tpot: tpot).broken(byTTFT: point.ttft, tpot: point.tpot)
        guard point.status == .ok, let broken else { return Wording(recorded) }
        return Wording(en: recorded, zh: broken.zh)
    }
}

extension Wording {
    /// Of a search without an attempt.
    static let nothingTried = Wording(en: "nothing was tried", zh: "什么都没有尝试")
}
