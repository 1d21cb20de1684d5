public import ArgumentParser
public import Measurement
internal import Sweep

/// Which cells a sweep measures, how often, and by which method.
struct GridOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Batch sizes, such as 1,2,4,8 or 1-16*2.", valueName: "list"))
    var batch: String?

    @Option(
        help: ArgumentHelp("Input and output lengths, such as 256x256,512x128.", valueName: "list"))
    var pairs: String?

    @Option(
        help: ArgumentHelp("Input lengths; each goes with every --output.", valueName: "list"))
    var input: String?

    @Option(
        help: ArgumentHelp("Output lengths; each goes with every --input.", valueName: "list"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "A named grid: documents or quick; other options replace its parts.",
            valueName: "name"))
    var grid: String?

    @Option(
        help: ArgumentHelp(
            "detail sets timing points at every step; normal estimates from two calls.",
            valueName: "mode"))
    var perfMode: TimingMethod = .detail

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measured runs of each cell; 1 unless given.", valueName: "n"))
    var repetitions: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Repeat each cell until its medians are known that well, such as 2%.",
            discussion: "Half the 95 % interval of TTFT, TPOT and response time.",
            valueName: "share"))
    var untilCi: Percentage?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --until-ci: the most that the runs of a cell may take together; 60.",
            valueName: "seconds"))
    var maxTime: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Runs at the grid's largest sizes before the first cell, or auto.",
            discussion:
                "auto also runs each cell until its time is flat; the default with --until-ci.",
            valueName: "n"))
    var warmup: WarmupChoice?

    @Flag(help: "Go round the cells repetition by repetition, so that drift hits all alike.")
    var interleave = false

    @Flag(
        help: ArgumentHelp(
            "Give each round of repetitions a process of its own; implies --interleave.",
            discussion: """
                What differs from process to process, such as where pages come to lie, is then in \
                the intervals: for comparing two reports.
                """))
    var freshWorkers = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Runs of the cheapest cell, first and last, that tell drift.", valueName: "n"))
    var control = 5

    /// Whether no option says which cells there are.
    var namesNoCells: Bool { [grid, pairs, input, output].allSatisfy { $0 == nil } }

    /// - Parameters:
    ///   - seed: what prompts are drawn from.
    ///   - stampsSteps: false under TIMEIT=0.
    /// - Throws: `SweepError`, `UsageError`.
    func resolve(seed: UInt64, stampsSteps: Bool) throws -> Grid {
        var result = try grid.map { try Grid(named: $0) } ?? Grid(batches: [1], pairs: [])
        if let batch {
            result.batches = try ListText.numbers(batch, axis: .batch)
        }
        switch (pairs, input, output) {
        case (let pairs?, nil, nil):
            result.pairs = try ListText.pairs(pairs)
        case (nil, let input?, let output?):
            result.pairs = try Grid.product(
                inputs: ListText.numbers(input, axis: .input),
                outputs: ListText.numbers(output, axis: .output))
        case (nil, nil, nil):
            guard grid != nil else {
                throw UsageError(
                    "no cells: give --pairs 128x32,256x32, or --input and --output, "
                        + "or --grid quick")
            }
        case (_?, _, _):
            throw UsageError("--pairs and --input/--output exclude each other; give one of them")
        default:
            throw UsageError(
                "--input and --output belong together: give both, or --pairs 256x32")
        }
        if untilCi != nil, repetitions != nil {
            throw UsageError("--repetitions and --until-ci exclude each other; give one of them")
        }
        if maxTime != nil, untilCi == nil {
            throw UsageError("--max-time belongs to --until-ci; give --until-ci 2% too")
        }
        result.repetitions = repetitions ?? 1
        result.convergence = untilCi.map {
            Convergence(relativeHalfWidth: $0.share, maxSeconds: maxTime?.value ?? 60)
        }
        let warmup = warmup ?? (untilCi == nil ? .runs(1) : .untilFlat)
        result.warmup = warmup.runs
        result.warmsUpUntilFlat = warmup == .untilFlat
        result.isInterleaved = interleave || freshWorkers
        result.restartsEveryRound = freshWorkers
        result.controlRuns = control
        result.seed = seed
        result.method = perfMode
        result.stampsSteps = stampsSteps
        return result
    }
}

extension TimingMethod: ExpressibleByArgument {}
