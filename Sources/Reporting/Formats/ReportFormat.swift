/// A form in which every document can be printed.
///
/// To add one: a file beside this one that says how, and its place in ``all``.
package struct ReportFormat: Sendable {
    /// As `--format` takes it.
    package let name: String
    /// Whether it has room for one table only, so that another one can be asked for.
    package let hasOneTable: Bool
    /// The table is the one that was asked for, of a format that has one.
    private let body: @Sendable (ReportDocument, ReportTable) throws -> String

    init(
        _ name: String, hasOneTable: Bool = false,
        body: @escaping @Sendable (ReportDocument, ReportTable) throws -> String
    ) {
        self.name = name
        self.hasOneTable = hasOneTable
        self.body = body
    }

    /// What there is; the first is what a terminal gets.
    package static let all: [ReportFormat] = [
        .text, .markdown, .csv, .json, .jsonl, .html, .tsv, .openMetrics,
    ]

    /// The text of a document in this format.
    ///
    /// - Parameter table: which table a format of one has; the first if nil.
    /// - Throws: ``ReportingError/noTable(name:tables:)``; ``ReportingError`` for what cannot be written.
    package func render(_ document: ReportDocument, table: String? = nil) throws -> String {
        let found =
            table == nil
            ? document.tables.first : document.tables.first { $0.name == table }
        guard let found else {
            throw ReportingError.noTable(
                name: table ?? "", tables: document.tables.map(\.name))
        }
        return try body(document, found)
    }
}

extension ReportFormat: Equatable {
    /// A name is one format's.
    package static func == (left: ReportFormat, right: ReportFormat) -> Bool {
        left.name == right.name
    }
}
