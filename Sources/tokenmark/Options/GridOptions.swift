public import ArgumentParser
public import Measurement
internal import Suite
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
        help: ArgumentHelp(
            "Input lengths; each goes with every --output.",
            discussion: """
                Such as 128,256-1024*2, or lengths that differ from request to request: 128:2048, \
                128:2048~lognormal (1st and 99th percentile), @FILE with lines of length,count.
                """,
            valueName: "list", visibility: .hidden))
    var input: String?

    @Option(
        help: ArgumentHelp(
            "Output lengths; each goes with every --input, and written like it.", valueName: "list",
            visibility: .hidden))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Prompts from a file, in place of random ones.",
            discussion: """
                A text with one on each line, JSON Lines with "prompt" or "text", or conversations as \
                ShareGPT has them, whose answers give the output lengths unless --output does. They need \
                --weights with a tokenizer.
                """,
            valueName: "file", visibility: .hidden),
        completion: .file())
    var prompts: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens that all random prompts begin with alike.", valueName: "n", visibility: .hidden)
    )
    var prefixTokens: Int?

    @Option(
        help: ArgumentHelp(
            "A named grid: documents or quick; other options replace its parts.",
            valueName: "name", visibility: .hidden),
        completion: .list(Grid.Name.allCases.map(\.rawValue)))
    var grid: String?

    @Option(
        help: ArgumentHelp(
            "detail sets timing points at every step; normal estimates from two calls.",
            valueName: "mode", visibility: .hidden))
    var perfMode: TimingMethod = .detail

    @Option(
        help: ArgumentHelp(
            "How sure the numbers shall be: quick, normal or thorough.",
            discussion: """
                quick runs each cell once, without a word of how sure that is; normal goes round the \
                cells seven times, and on, for some seconds, with those whose medians are not known to \
                5 % then; thorough gives every round a process of its own, and repeats until the \
                medians are known to 2 %. normal unless given.
                """,
            valueName: "effort"))
    var effort: Effort?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Measured runs of each cell, in place of what --effort says.", valueName: "n",
            visibility: .hidden))
    var repetitions: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Repeat each cell until its medians are known that well, such as 2%.",
            discussion: "Half the 95 % interval of TTFT, TPOT and response time.",
            valueName: "share", visibility: .hidden))
    var untilCi: Percentage?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most that repeating a cell until it is known may take; 60, in a normal effort 20.",
            valueName: "seconds", visibility: .hidden))
    var maxTime: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Runs at the grid's largest sizes before the first cell, or auto.",
            discussion:
                "auto also runs each cell until its time is flat; the default with --until-ci.",
            valueName: "n", visibility: .hidden))
    var warmup: WarmupChoice?

    @Flag(
        help: ArgumentHelp(
            "Go round the cells repetition by repetition, so that drift hits all alike.",
            visibility: .hidden))
    var interleave = false

    @Flag(
        help: ArgumentHelp(
            "Give each round of repetitions a process of its own; implies --interleave.",
            discussion: """
                What differs from process to process, such as where pages come to lie, is then in \
                the intervals: for comparing two reports.
                """, visibility: .hidden))
    var freshWorkers = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Runs of the cheapest cell, first and last, that tell drift.", valueName: "n",
            visibility: .hidden))
    var control = 5

    /// Whether no option says which cells there are.
    var namesNoCells: Bool { [grid, pairs, input, output, prompts].allSatisfy { $0 == nil } }

    /// - Parameters:
    ///   - seed: what prompts are drawn from.
    ///   - stampsSteps: false under TIMEIT=0.
    ///   - listed: reads the prompts of a file, for answers of so many tokens at most; nil where they
    ///     are as long as those of the file.
    /// - Throws: `SweepError`, `WorkloadError`, `UsageError`, what `listed` throws.
    func resolve(
        seed: UInt64, stampsSteps: Bool,
        listed: (_ path: String, _ outputLength: Int?) throws -> ListedPrompts
    ) throws -> Grid {
        var result = try grid.map { try Grid(named: $0) } ?? Grid(batches: [1], pairs: [])
        if let batch {
            result.batches = try ListText.numbers(batch, axis: .batch)
        }
        switch (pairs, input, output) {
        case (nil, nil, _) where prompts != nil:
            try resolvePrompts(into: &result, listed)
        case _ where prompts != nil:
            throw UsageError(
                "--prompts gives the inputs as they are; leave out --pairs and --input")
        case (let pairs?, nil, nil):
            result.pairs = try ListText.pairs(pairs)
        case (nil, let input?, let output?):
            result.pairs = try Grid.product(
                inputs: ListText.lengths(input, axis: .input, part: .input),
                outputs: ListText.lengths(output, axis: .output, part: .output))
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
        if effort == .quick, repetitions != nil || untilCi != nil {
            throw UsageError(
                "--effort quick runs each cell once; leave it out, or --repetitions and --until-ci")
        }
        // What is said of repetitions takes the place of what the effort says of them, and nothing else.
        let effort = effort ?? (repetitions == nil && untilCi == nil ? .normal : nil)
        result.repetitions = repetitions ?? (untilCi == nil ? effort?.fewestRepetitions : nil) ?? 1
        result.convergence =
            untilCi.map { Convergence(relativeHalfWidth: $0.share) }
            ?? (repetitions == nil ? effort?.convergence : nil)
        if let maxTime {
            guard result.convergence != nil else {
                throw UsageError("--max-time belongs to --until-ci; give --until-ci 2% too")
            }
            result.convergence?.maxSeconds = maxTime.value
        }
        let isNarrow = untilCi != nil || (effort == .thorough && repetitions == nil)
        let warmup = warmup ?? (isNarrow ? .untilFlat : .runs(1))
        result.warmup = warmup.runs
        result.warmsUpUntilFlat = warmup == .untilFlat
        result.restartsEveryRound = freshWorkers || effort == .thorough
        result.isInterleaved =
            interleave || result.restartsEveryRound || effort == .normal
        if let prefixTokens {
            guard prompts == nil else {
                throw WorkloadError.prefixOfTexts(tokens: prefixTokens)
            }
            result.prompts = .random(prefixTokens: prefixTokens)
            // What no point could run with is known before the first one does.
            for pair in result.pairs {
                _ = try RequestMix(
                    prompts: .random(lengths: pair.inputs, prefixTokens: prefixTokens),
                    answers: .drawn(pair.outputs), seeds: WorkloadSeeds(seed))
            }
        }
        result.controlRuns = control
        result.seed = seed
        result.method = perfMode
        result.stampsSteps = stampsSteps
        return result
    }
}

extension GridOptions {
    /// The lengths are those of the prompts of a file, and of its answers unless others are given.
    private func resolvePrompts(
        into grid: inout Grid,
        _ listed: (_ path: String, _ outputLength: Int?) throws -> ListedPrompts
    ) throws {
        guard let path = prompts else { return }
        let given = try output.map { try ListText.lengths($0, axis: .output, part: .output) }
        let listed = try listed(path, given?.map(\.largest).max())
        grid.pairs = try Grid.product(
            inputs: [listed.inputLengths()], outputs: given ?? [listed.outputLengths()])
        grid.prompts = .listed(listed)
        grid.takesListedAnswers = output == nil
    }
}

/// How much is spent on knowing the numbers.
enum Effort: String, CaseIterable, ExpressibleByArgument {
    case quick
    case normal
    case thorough

    /// What every cell is measured at least.
    var fewestRepetitions: Int { self == .normal ? Convergence.fewestRepetitions : 1 }

    /// How long a cell is measured further.
    var convergence: Convergence? {
        switch self {
        case .quick: nil
        // As narrow as the row of a stable cell, in the seconds that one waits for it.
        case .normal:
            Convergence(relativeHalfWidth: 0.05, maxSeconds: 20, mostRepetitions: 30)
        case .thorough: Convergence(relativeHalfWidth: 0.02)
        }
    }
}

extension TimingMethod: ExpressibleByArgument {}
