import Charts

extension ReportFormat {
    /// One file that opens without a network.
    package static let html = ReportFormat("html") { document, _ in
        let page =
            try document.page?()
            ?? Page(
                title: document.title, subtitles: document.notes,
                sections: document.tables.map(\.section), in: document.language)
        return page.html
    }
}

extension ReportTable {
    /// The table in a page.
    package var section: PageSection {
        let columns = header.enumerated().map { index, title in
            PageTable<[Value]>.Column(title) { $0[index].field }
        }
        return PageSection(
            anchor: name.replacing("_", with: "-"), title: words,
            body: PageTable(caption: words, columns: columns, rows: rows).markup)
    }
}

extension Value {
    fileprivate var field: PageTable<[Value]>.Field {
        switch self {
        case .integer(let value): .number(value)
        case .decimal(let value): .number(value)
        case .text(let text): .prose(text)
        case .missing: .number(nil as Int?)
        }
    }
}
