internal import ArgumentParser
internal import Basics
internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep

/// `tokenmark scaling`: what a model would take on more hosts than there are.
struct ScalingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling",
        abstract: "Foretells what a model takes on several hosts, from a sweep over ranks.",
        discussion: """
            Fits what a byte, an operation and a meeting of ranks cost to the cells of a report, and \
            says what ranks on hosts of their own would take, each host like the one that was measured \
            with one rank. The table check holds the fit against its cells. docs/scaling.md has the \
            formula and what it leaves out.

            Example: tokenmark scaling reports/2026-01-31-… --model qwen1.5-72b --ranks 2,4,8 \
            --gigabits 25,100

            \(ExitStatus.table)
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A report of sweep --ranks 1,2 of a preset.", valueName: "directory"),
        completion: .directory)
    var directory: String

    @Option(
        help: ArgumentHelp(
            "The preset to foretell; the report's unless given.", valueName: "preset"),
        completion: .list(ModelConfiguration.presets.map(\.name)))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "f32, bf16, int8 or int4; the report's unless given.",
            discussion: "Another than the report's is read and multiplied as fast as that.",
            valueName: "precision"))
    var precision: Precision?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Hosts, one rank on each.", valueName: "list"))
    var ranks = "2,4,8"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Gbit/s of the link of a host, in each direction.", valueName: "list"))
    var gigabits = "25,100,200"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What a message between hosts takes, however short.",
            discussion: "Some 2 over InfiniBand or RoCE, 15 to 30 over TCP.", valueName: "us"))
    var latencyUs = 20.0

    @OptionGroup var formatOptions: FormatOptions

    /// More than any machine has, and little enough to count.
    private static let mostRanks = 1024

    func run() throws {
        let choice = try formatOptions.choice(of: ScalingReport.tables)
        let ranks = try ListText.numbers(ranks, axis: .ranks)
        if let many = ranks.first(where: { $0 > Self.mostRanks }) {
            throw UsageError("--ranks \(many) is more than \(Self.mostRanks)")
        }
        guard latencyUs >= 0, latencyUs.isFinite else {
            throw UsageError("--latency-us \(latencyUs) is no time of 0 or more")
        }
        let report = try Report(path: directory)
        for warning in report.warnings { Terminal.error("warning: \(warning)\n") }
        let foretold = try ScalingReport(
            report, path: directory,
            ScalingReport.Question(
                model: model, precision: precision, ranks: ranks, gigabits: try links(),
                microseconds: latencyUs))
        try formatOptions.give(
            foretold.document(in: formatOptions.language ?? .en), as: choice)
    }

    private func links() throws(UsageError) -> [Double] {
        let parts = gigabits.split(separator: ",", omittingEmptySubsequences: false)
        var links: [Double] = []
        for part in parts {
            guard let link = Double(part), link > 0, link.isFinite else {
                throw UsageError(
                    "--gigabits '\(part)' is no number above 0; write such as 25,100,200")
            }
            links.append(link)
        }
        return links
    }
}
