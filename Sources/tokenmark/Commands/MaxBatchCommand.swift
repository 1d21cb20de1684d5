internal import ArgumentParser
internal import Foundation
internal import Isolation
internal import Machine
internal import Measurement
internal import Qwen
internal import Reporting
internal import Sweep

/// `tokenmark max-batch`: the largest batch that runs within limits on memory and time.
struct MaxBatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "max-batch",
        abstract: "Finds the largest batch that runs within limits on memory and time.",
        discussion: """
            Every attempt is a real run in a process of its own, ended when it holds more memory \
            than the limit. The answer is run again to confirm it, and the next batch is shown to \
            fail. The table goes to stdout, every attempt to max_batch_probes.csv.

            Example: tokenmark max-batch --model qwen1.5-0.5b --precision int8 \
            --pairs 256x256,512x512 --memory-limit 2GiB
            """
    )

    @Option(
        help: ArgumentHelp("Input and output lengths, such as 256x256,512x128.", valueName: "list"))
    var pairs: String

    @Option(
        help: ArgumentHelp(
            "Memory of the whole process: 8GiB, 512MiB.",
            discussion:
                "What the machine and the control group leave, minus 256 MiB, unless given.",
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

    @Option(help: ArgumentHelp("Extra runs of the answer.", valueName: "n"))
    var confirm = 1

    @Option(
        help: ArgumentHelp(
            "Positions of the KV cache of a sequence; input + output unless given.",
            discussion: "The guides' MAX_SEQ_LEN: a longer cache leaves room for fewer sequences.",
            valueName: "n"))
    var maxSeqLen: Int?

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    @Option(help: ArgumentHelp("Where the report goes.", valueName: "directory"))
    var reportDir: String?

    @OptionGroup var progressOptions: ProgressOptions

    func run() throws {
        let pairs = try ListText.pairs(pairs)
        let range = try parsedRange()
        try checkNumbers(pairs)
        var settings = WorkerSettings(modelOptions, machineOptions)
        settings.measuresRoof = false
        settings.leastPositions = maxSeqLen ?? 0
        let source = try settings.source()
        if let reportDir { try ReportDirectory.checkVacant(reportDir) }
        let machine = MachineDescription.read()
        let progress = progressOptions.view()
        defer { progress.end() }

        progress.note("packing weights")
        let packed = try packed(source)
        if let packed {
            settings.model = nil
            settings.weights = packed.path
            settings.precision = nil
        }
        let limit =
            try memoryLimit?.bytes
            ?? ResourceLimits.current().usableMemoryBytes - LoadedModel.reserveBytes
        let search = MaxBatchRun(
            settings: settings, source: source, memoryLimit: limit,
            timeLimits: TimeLimits(ttft: ttftLimitMs, tpot: tpotLimitMs), range: range,
            confirmations: confirm, progress: progress)
        let start = try search.start()
        for warning in start.facts.warnings { progress.report(.warning(warning)) }

        var manifest = Manifest(
            toolVersion: ToolVersion.current, commandLine: CommandLine.arguments,
            buildConfiguration: BuildConfiguration.name, engine: start.identity,
            grid: Grid(batches: [range.lowerBound], pairs: pairs, warmup: 0))
        manifest.warnings = start.facts.warnings
        try manifest.set("machine", to: machine)
        try start.facts.write(to: &manifest)
        try manifest.set("limits", to: search.limits)
        var report = MaxBatchReport(manifest: manifest)
        Interruption.listen()
        for pair in pairs where !Interruption.isRequested {
            report.entries.append(
                MaxBatchReport.Entry(pair: pair, result: try search.run(pair)))
        }
        progress.end()
        report.manifest.status = Interruption.isRequested ? .interrupted : .completed
        report.manifest.finishedAt = Timestamp.now.iso8601
        let path =
            reportDir ?? ReportDirectory.defaultPath(in: "reports", for: start.identity)
            + "-max-batch"
        try report.write(to: path)
        try Terminal.output(report.tablesText + "\nReport: \(path)\n")
        if Interruption.isRequested { throw ExitStatus.interrupted }
        if report.entries.contains(where: { $0.result.batch == nil }) {
            throw ExitStatus.someCellsFailed
        }
    }

    /// The weights packed once for all worker processes; nil if they are packed already.
    private func packed(_ source: ModelSource) throws -> TemporaryPackedFile? {
        guard case .tensors(let tensors) = source.weights else { return nil }
        return try TemporaryPackedFile(
            source, tensors: tensors, on: machineOptions.execution().pool)
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
