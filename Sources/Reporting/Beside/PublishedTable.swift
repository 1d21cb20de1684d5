package import Basics
import Glibc

/// A table in the documents' columns and what it was measured on, whoever measured it.
package struct PublishedTable: Equatable, Sendable {
    /// Where it was read.
    package let path: String
    /// One line, such as `Qwen-7B on 910B3`.
    package let title: String
    /// No entry where the table does not state it.
    package var circumstances: [Circumstance: String]
    /// In the order of the table.
    package let cells: [PublishedCell]
    /// What a reader should know, one line each.
    package var notes: [Wording] = []
    /// What was wrong with the files but could be borne.
    package var warnings: [String] = []

    package init(
        path: String, title: String, circumstances: [Circumstance: String], cells: [PublishedCell]
    ) {
        self.path = path
        self.title = title
        self.circumstances = circumstances
        self.cells = cells
    }

    /// Reads a report directory, or a CSV with the documents' columns and the JSON beside it.
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
            try self.init(csv: try CSVFile(path: path, trims: true))
        }
    }

    /// The documents' table of a report of ours.
    ///
    /// - Parameter path: of its directory.
    package init(_ report: Report, path: String) {
        self.init(
            path: path, title: report.manifest.title,
            circumstances: report.manifest.circumstances,
            cells: report.rows.map { PublishedCell($0) })
        notes = report.manifest.caveats
        warnings = report.warnings
    }
}

/// What a table must say of itself before its numbers mean anything beside others.
package enum Circumstance: String, CaseIterable, Sendable {
    case model
    case precision
    case hardware
    case software
    case method

    package func title(in language: Language) -> String {
        switch (self, language) {
        case (_, .en): rawValue
        case (.model, .zh): "模型"
        case (.precision, .zh): "权重精度"
        case (.hardware, .zh): "硬件"
        case (.software, .zh): "软件"
        case (.method, .zh): "测试方法"
        }
    }
}
