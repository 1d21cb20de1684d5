import Glibc
import Sweep

/// One of the two things that are compared, whoever wrote it.
package struct ComparisonSide: Equatable, Sendable {
    /// Who wrote it.
    package enum Source: String, Sendable {
        case tokenmark
        case llamaBench = "llama-bench"
        case llamaBatchedBench = "llama-batched-bench"
    }

    package let path: String
    package let source: Source
    /// In the order they were measured, each id once.
    package var cells: [ComparedCell]
    package let facts: [Fact]
    /// Which definitions were converted and how they differ, one line each.
    package var notes: [String] = []
    /// What was wrong with the files but could be borne.
    package var warnings: [String] = []
    /// What was measured, where and when, a line each; none of another source than a report.
    package var identity: [String] = []
    /// The rows of a report; none of another source.
    package var rows: [Row] = []
    /// What llama-bench ran; none of another source.
    var tests: [LlamaBenchTest] = []

    /// Takes a side as it is.
    package init(
        path: String, source: Source = .tokenmark, cells: [ComparedCell], facts: [Fact] = []
    ) {
        self.path = path
        self.source = source
        self.cells = cells
        self.facts = facts
    }

    /// Reads a report directory, or a file of llama-bench's or llama-batched-bench's JSONL.
    ///
    /// - Throws: ``ReportingError`` that names the file, the line and what is wrong with it.
    package init(path: String) throws(ReportingError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .file(operation: "open", path: path, code: errno)
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            self.init(try Report(path: path), path: path)
        } else {
            let file = try JSONLinesFile(path: path)
            if file.has(["n_prompt", "n_gen"]) {
                try self.init(llamaBench: file)
            } else if file.has(["pp", "tg", "pl"]) {
                try self.init(llamaBatchedBench: file)
            } else {
                throw .notComparable(path: path)
            }
            if let note = file.note { notes.append(note) }
        }
    }

    /// Takes a report, wherever it was kept.
    ///
    /// - Parameter path: What to call it.
    package init(_ report: Report, path: String) {
        self.init(
            path: path, cells: report.rows.map { ComparedCell($0) }, facts: report.manifest.facts)
        identity = [report.manifest.title] + report.manifest.subtitles
        rows = report.rows
        warnings = report.warnings
        for row in report.rows where row.verdict == .unstable {
            let mark = "unstable: "
            let reasons = row.doubts.filter { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
            if !reasons.isEmpty {
                notes.append("\(row.point.id) is unstable: " + reasons.joined(separator: "; "))
            }
        }
        if report.manifest.status != .completed {
            notes.append("the sweep did not end: it is \(report.manifest.status.rawValue)")
        }
    }
}
