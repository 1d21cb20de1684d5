internal import ArgumentParser
internal import Basics
internal import Foundation
internal import Isolation
internal import Machine
internal import Measurement
internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep

/// `tokenmark max-batch`: the largest batch that runs within limits on memory and time.
struct MaxBatchCommand: ResumableCommand {
    static let configuration = CommandConfiguration(
        commandName: "max-batch",
        abstract: "Finds the largest batch that runs within limits on memory and time.",
        discussion: """
            Every attempt is a real run in a process of its own, ended when it holds more memory \
            than the limit. The answer is run again to confirm it, and the next batch is shown to \
            fail. The table goes to stdout, every attempt to max_batch_probes.csv. A search that was cut \
            off goes on with --resume. csv and jsonl have one table: batches, or attempts.

            Example: tokenmark max-batch --model qwen1.5-0.5b --precision int8 \
            --pairs 256x256,512x512 --memory-limit 2GiB
            """
    )

    @Option(
        help: ArgumentHelp("Input and output lengths, such as 256x256,512x128.", valueName: "list"))
    var pairs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Memory of the whole process, or of each rank: 8GiB, 512MiB.",
            discussion:
                "What the machine and the control group leave, minus 256 MiB, unless given: all ranks "
                + "share that.",
            valueName: "bytes"))
    var memoryLimit: ByteCount?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time to the first token at most.", valueName: "ms"))
    var ttftLimitMs: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Time per token after the first at most.", valueName: "ms"))
    var tpotLimitMs: Double?

    @Option(help: ArgumentHelp("Batches to choose from.", valueName: "least:most"))
    var batchRange = "1:1024"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Extra runs of the answer.", valueName: "n"))
    var confirm = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Positions of the KV cache of a sequence; input + output unless given.",
            discussion: "The guides' MAX_SEQ_LEN: a longer cache leaves room for fewer sequences.",
            valueName: "n"))
    var maxSeqLen: Int?

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions
    @OptionGroup(title: "Machine") var rankOptions: RankOptions

    @Option(
        help: ArgumentHelp("Where the report goes.", valueName: "directory"),
        completion: .directory)
    var reportDir: String?

    @Option(
        help: ArgumentHelp(
            "Go on with a search that was cut off.",
            discussion: "What was asked is in the directory; no other option is needed.",
            valueName: "directory"),
        completion: .directory)
    var resume: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End an attempt that takes longer; it counts as failed.", valueName: "seconds"))
    var cellTimeout: Seconds?

    @OptionGroup var formatOptions: FormatOptions
    @OptionGroup var labelOptions: LabelOptions
    @OptionGroup var progressOptions: ProgressOptions

    /// What a search is asked to find out.
    struct Request: Equatable {
        let pairs: [LengthPair]
        let range: ClosedRange<Int>
        /// nil for what the machine leaves.
        let memoryLimit: Int?
        let timeLimits: TimeLimits
        let confirmations: Int
        let settings: CoreSettings
    }

    func request() throws -> Request {
        guard let pairs else {
            throw UsageError("no lengths: give --pairs 256x256,512x512")
        }
        let lengths = try ListText.pairs(pairs)
        try checkNumbers(lengths)
        var settings = modelOptions.settings(on: machineOptions)
        try rankOptions.apply(to: &settings)
        guard settings.machine.hosts == nil else {
            throw UsageError(
                "--hosts: max-batch watches the memory of processes, which it sees on this host alone; "
                    + "leave it out, or try batches with tokenmark sweep --hosts")
        }
        settings.measuresRoof = false
        settings.leastPositions = maxSeqLen ?? 0
        return Request(
            pairs: lengths, range: try parsedRange(), memoryLimit: memoryLimit?.bytes,
            timeLimits: TimeLimits(ttft: ttftLimitMs, tpot: tpotLimitMs), confirmations: confirm,
            settings: settings)
    }

    func run() throws {
        let choice = try formatOptions.choice(of: ReportDocument.maxBatchTables)
        let labels = try labelOptions.labels
        let destination = try ReportDestination(reportDir: reportDir, resume: resume)
        let earlier = try resume.flatMap { try EarlierCommand(in: $0) }
        if let resume, earlier == nil {
            throw UsageError("\(resume) has no search to go on with; begin one with --report-dir")
        }
        let asked = try earlier?.command(MaxBatchCommand.self) ?? self
        let request = try asked.request()
        // Another limit would make another search of it.
        let earlierLimit = earlier?.manifest.sections["limits"]?["memory_bytes"]?.number
        let limit =
            try earlierLimit.flatMap { Int(exactly: $0) } ?? request.memoryLimit
            ?? (ResourceLimits.current().usableMemoryBytes - LoadedModel.reserveBytes)
            / request.settings.machine.rankCount
        let progress = progressOptions.view()
        defer { progress.end() }
        var search = MaxBatchRun(
            request.settings, pairs: request.pairs, memoryLimit: limit, to: destination,
            timeLimits: request.timeLimits, range: request.range,
            confirmations: request.confirmations, caller: .user(progress, labels: labels))
        search.attemptTimeout = (cellTimeout ?? asked.cellTimeout)?.value
        let language = formatOptions.language ?? asked.formatOptions.language
        search.language = language
        let result = try search.run()
        progress.end()
        // Also where nobody reads along any more.
        if result.isInterrupted { Resumption.advise("max-batch", result.path) }
        try formatOptions.give(
            ReportDocument(result.report, in: language), as: choice)
        if choice.format == .text {
            try Terminal.output("\n\((language ?? .en).report)\(result.path)\n")
        }
        if result.isInterrupted { throw Interruption.exitStatus }
        if result.report.entries.contains(where: { $0.result.batch == nil }) {
            throw ExitStatus.someCellsFailed
        }
    }

    private func parsedRange() throws(UsageError) -> ClosedRange<Int> {
        let ends = batchRange.split(separator: ":").map { Int($0) }
        guard ends.count == 2, let least = ends[0], let most = ends[1], least >= 1, most >= least,
            most <= Grid.largestValue
        else {
            throw UsageError("--batch-range \(batchRange) is not two numbers such as 1:64")
        }
        return least...most
    }

    private func checkNumbers(_ pairs: [LengthPair]) throws(UsageError) {
        for (name, value) in [("ttft", ttftLimitMs), ("tpot", tpotLimitMs)] {
            if let value, !(value > 0) {
                throw UsageError("--\(name)-limit-ms \(value) is not a number above 0")
            }
        }
        guard (0...100).contains(confirm) else {
            throw UsageError("--confirm \(confirm) is not in 0…100")
        }
        if let maxSeqLen, let pair = pairs.first(where: { $0.input + $0.output > maxSeqLen }) {
            throw UsageError(
                "--max-seq-len \(maxSeqLen) is less than the \(pair.input + pair.output) positions "
                    + "of \(pair)")
        }
    }
}
