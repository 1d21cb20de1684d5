extension ReportFormat {
    /// What a person reads in a terminal.
    package static let text = ReportFormat("text") { document, _ in
        try document.text?() ?? ReportFormat.markdown.render(document)
    }
}
