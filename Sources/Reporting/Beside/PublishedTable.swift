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
    package var notes: [String] = []
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
}
