package import Basics

/// What a command has to show, before it is decided in which format.
///
/// Its tables are enough for every format; where a format has a form of its own, such as the page of a
/// sweep, that is taken.
package struct ReportDocument {
    /// As a heading has it.
    package var title: String
    /// What must be known beside the tables, a paragraph each.
    package var notes: [String]
    /// A format that holds one table has the first, unless another is asked for.
    package var tables: [ReportTable]
    /// Of the words of a page that is made of notes and tables.
    package var language: Language
    /// What a terminal shows; nil for what Markdown shows.
    package var text: (() throws -> String)?
    /// nil for the notes and the tables.
    package var markdown: (() throws -> String)?
    /// nil for the rows of the first table.
    package var json: (() throws -> String)?
    /// nil for a page of the notes and the tables.
    package var page: (() throws -> Page)?

    package init(
        title: String, notes: [String] = [], tables: [ReportTable], in language: Language = .en
    ) {
        self.title = title
        self.notes = notes
        self.tables = tables
        self.language = language
    }
}
