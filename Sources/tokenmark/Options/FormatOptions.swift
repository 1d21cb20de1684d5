internal import ArgumentParser
internal import Reporting
internal import Suite

/// In which format a command gives its result, and where to: the same in every command that has one.
struct FormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "\(ReportFormat.all.map(\.name).joined(separator: ", ")).",
            discussion: "The name of a table stands for csv of it.", valueName: "format"),
        completion: .list(ReportFormat.all.map(\.name)))
    var format: String?

    @Option(
        help: ArgumentHelp("Write to this file instead of stdout.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Which table \(Self.tabular.joined(separator: " and ")) have, where there are several.",
            valueName: "name"))
    var table: String?

    @Option(
        help: ArgumentHelp(
            "zh or en; unless given en in a terminal and on a page, zh in the guides' tables.",
            valueName: "language"))
    var language: Language?

    /// The names of the formats that have room for one.
    private static let tabular = ReportFormat.all.filter(\.hasOneTable).map(\.name)

    /// What was asked for, of what a command can give.
    struct Choice {
        let format: ReportFormat
        /// nil for the first.
        let table: String?
    }

    /// What was asked for.
    ///
    /// - Parameters:
    ///   - tables: the names of those that the command has.
    ///   - formats: that it can give; the first, unless one is asked for.
    /// - Throws: `UsageError` that names what the command can give.
    func choice(
        of tables: [String], _ formats: [ReportFormat] = ReportFormat.all
    ) throws(UsageError) -> Choice {
        guard let format else { return try choice(formats[0], of: tables) }
        if let known = formats.first(where: { $0.name == format }) {
            return try choice(known, of: tables)
        }
        if tables.contains(format), formats.contains(.csv) {
            guard table == nil || table == format else {
                throw UsageError(
                    "--format \(format) and --table \(table ?? "") exclude each other; write "
                        + "--format csv --table \(table ?? "")")
            }
            return Choice(format: .csv, table: format)
        }
        throw UsageError(
            "--format \(format) is not given here; there is "
                + formats.map(\.name).joined(separator: ", "))
    }

    private func choice(
        _ format: ReportFormat, of tables: [String]
    ) throws(UsageError) -> Choice {
        guard let table else { return Choice(format: format, table: nil) }
        guard format.hasOneTable else {
            throw UsageError(
                "--table \(table) has no place in \(format.name), which has all there are; add "
                    + "--format \(Self.tabular.joined(separator: " or "))")
        }
        guard tables.contains(table) else {
            throw UsageError(
                "--table \(table) is not there; there is \(tables.joined(separator: ", "))")
        }
        return Choice(format: format, table: table)
    }

    /// Prints a document, or writes it to the file that was asked for.
    func give(_ document: ReportDocument, as choice: Choice) throws {
        try give(choice.format.render(document, table: choice.table))
    }

    /// The same of a text.
    func give(_ text: String) throws {
        guard let output else {
            try Terminal.output(text)
            return
        }
        try OutputFile.write(text, to: output)
    }
}

extension Language: ExpressibleByArgument {}
