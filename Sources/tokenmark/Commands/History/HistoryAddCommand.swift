internal import ArgumentParser
internal import History
internal import Reporting

/// `tokenmark history add`: keeps reports.
struct HistoryAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds reports to the history.",
        discussion: """
            A report that is there already is left as it is; one that was resumed or has ended since \
            replaces what was kept of it. One that cannot be read does not hinder the others; the \
            exit status is 2 then.

            Example: tokenmark history add reports/2026-01-31-… reports/2026-02-01-…
            """
    )

    @Argument(help: "Report directories.", completion: .directory)
    var reports: [String]

    @OptionGroup var options: HistoryOptions

    func run() throws {
        let history = try options.create()
        var hasFailed = false
        var lost: OutputLost?
        for path in reports {
            do {
                let files = try ReportFiles(path: path)
                let (id, addition) = try history.add(files)
                try Terminal.output("\(Self.word(addition)) \(id.prefix(8)): \(visible(path))\n")
            } catch let error as OutputLost {
                // What is added is not for the one who reads along.
                lost = error
            } catch {
                hasFailed = true
                Terminal.error("tokenmark: \(error)\n")
            }
        }
        if let lost { throw lost }
        if hasFailed { throw ExitStatus.badInput }
    }

    private static func word(_ addition: Addition) -> String {
        switch addition {
        case .added: "added"
        case .known: "already there"
        case .replaced: "replaced"
        case .kept: "kept, with more than this report has,"
        }
    }
}
