extension ReportFormat {
    /// A heading, notes and tables of Markdown.
    package static let markdown = ReportFormat("markdown") { document, _ in
        if let markdown = document.markdown { return try markdown() }
        var sections = ["# \(MarkdownTable.escaped(document.title))\n"]
        if !document.notes.isEmpty {
            sections.append(
                document.notes.map { "- \(MarkdownTable.escaped($0))\n" }.joined())
        }
        for table in document.tables {
            if document.tables.count > 1 { sections.append("## \(table.words)\n") }
            sections.append(MarkdownTable.text(table))
        }
        return sections.joined(separator: "\n")
    }
}
