internal import ArgumentParser
internal import Qwen
internal import Serving
internal import Suite

/// How many requests a server has at once, and how they share the core.
struct ScheduleOptions: ParsableArguments {
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case interleaved
        case prefillFirst = "prefill-first"
    }

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Answers that are computed at once, at most.", valueName: "n"))
    var maxConcurrency = 64

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Requests that wait for a place, at most; further ones are refused.", valueName: "n"))
    var maxQueue = 1024

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens of a prompt and its answer together; what the model was made for, up to 8192, "
                + "unless given.", valueName: "n"))
    var maxSeqLen: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens of all prompts and answers at once, in the KV cache; as many as 2 GiB hold, and at "
                + "least --max-seq-len, unless given.", valueName: "n"))
    var cacheTokens: Int?

    @Option(help: "interleaved: a token for each answer, then prompts; or prefill-first.")
    var schedule = Order.interleaved

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Wait for so many requests and run them in lock step; others wait meanwhile.",
            valueName: "n"))
    var gang: Int?

    @Option(
        help: ArgumentHelp(
            "How long a step may keep running answers waiting: milliseconds, as 50ms, or as many "
                + "times as a pass over them takes, as 4x.", valueName: "time"))
    var stepTarget = StepTargetText.usual

    @Flag(help: "Keep the beginnings of prompts, and do not compute them again.")
    var prefixCache = false

    /// Positions of a sequence unless asked for.
    private static let usualPositions = 8192
    /// Of KV cache and scratch: all of it is made present before the first request, which takes a second or
    /// so for each GiB.
    private static let usualBytes = 2 << 30
    private static let most = 1 << 20

    /// The model with memory for requests.
    ///
    /// - Throws: `UsageError`, `QwenError`, `MachineError`.
    func core(_ loaded: LoadedModel) throws -> SlotCore {
        try check("--max-concurrency", maxConcurrency)
        let model = loaded.model.configuration
        if let maxSeqLen { try check("--max-seq-len", maxSeqLen, most: model.maximumPositions) }
        if let cacheTokens { try check("--cache-tokens", cacheTokens, most: .max / 64) }
        let capacity = maxSeqLen ?? min(Self.usualPositions, model.maximumPositions)
        let blocks = try cacheTokens.map(Self.blocks) ?? usualBlocks(loaded, capacity: capacity)
        return try SlotCore(
            model: loaded.model, slots: maxConcurrency, capacity: capacity, blocks: blocks,
            keepsPrefixes: prefixCache, availableBytes: loaded.availableBytes)
    }

    /// As many as fit into the usual size, or let one sequence be full, where there is memory for them.
    private func usualBlocks(_ loaded: LoadedModel, capacity: Int) throws -> Int {
        func most(_ bytes: Int) throws(QwenError) -> Int {
            try SlotCore.mostBlocks(
                loaded.model, slots: maxConcurrency, capacity: capacity, availableBytes: bytes)
        }
        let room = try most(loaded.availableBytes)
        let usual = (try? most(Self.usualBytes)) ?? 0
        return min(room, max(usual, Self.blocks(capacity)))
    }

    private static func blocks(_ tokens: Int) -> Int {
        (tokens + SlotCore.blockPositions - 1) / SlotCore.blockPositions
    }

    /// - Throws: `UsageError`.
    func settings() throws(UsageError) -> ServingSettings {
        try check("--max-queue", maxQueue)
        var settings = ServingSettings()
        settings.mostWaiting = maxQueue
        settings.stepTarget = stepTarget.value
        switch (schedule, gang) {
        case (.interleaved, nil): settings.schedule = .interleaved
        case (.prefillFirst, nil): settings.schedule = .prefillFirst
        case (_, let gang?):
            try check("--gang", gang, most: maxConcurrency)
            guard schedule == .interleaved else {
                throw UsageError("--schedule and --gang exclude each other; leave out one")
            }
            settings.schedule = .gang(gang)
        }
        return settings
    }

    private func check(
        _ option: String, _ value: Int, most: Int = ScheduleOptions.most
    ) throws(UsageError) {
        guard 1...most ~= value else {
            throw UsageError("\(option) \(value) is not from 1 to \(most)")
        }
    }
}

/// A step target as a user writes it: 50ms, or 4x.
struct StepTargetText: ExpressibleByArgument, CustomStringConvertible {
    static let usual = StepTargetText(.decodePasses(4), "4x")

    let value: StepTarget
    let description: String

    private init(_ value: StepTarget, _ description: String) {
        self.value = value
        self.description = description
    }

    /// nil unless it is a number above 0 with one of the two units.
    init?(argument: String) {
        for (unit, make) in [
            ("ms", { StepTarget.nanoseconds($0 * 1e6) }), ("x", { StepTarget.decodePasses($0) }),
        ] as [(String, (Double) -> StepTarget)] {
            guard argument.hasSuffix(unit), let number = Double(argument.dropLast(unit.count)),
                number > 0, number < 1e6
            else { continue }
            self.init(make(number), argument)
            return
        }
        return nil
    }
}
