internal import ArgumentParser
internal import Glibc
internal import ModelServer
internal import Qwen
internal import Serving
internal import ServingAPI
internal import Suite
internal import Wire

/// `tokenmark serve`: the core behind OpenAI's API.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves a model over OpenAI's API.",
        discussion: """
            Answers /v1/completions, /v1/chat/completions and what belongs to them, many requests at \
            once, until it is stopped: docs/api.md has the API, docs/serve.md what happens to a \
            request. Where it listens goes to stdout, a line for each request to stderr.

            An answer does not depend on what else is served, bit for bit. Each step gives every \
            running answer a token, then reads on in the oldest prompts for as long as --step-target \
            lets it; --schedule prefill-first reads whole prompts first, and --gang waits for so many \
            requests and runs them in lock step, as a sweep does.

            \(GenerationOptions.fileText) Where neither these nor a request say, answers are drawn at \
            a temperature of 1, as every server of this API does.

            \(ChatOptions.templateText) Random weights have no words: prompts are token ids, and \
            answers are written as numbers.

            Ctrl-C or SIGTERM ends it once what it has is answered, or after --drain-seconds.

            Example: tokenmark serve --weights model.gguf --port 8000
            """
    )

    @OptionGroup(title: "Server") var serverOptions: ServerOptions
    @OptionGroup(title: "Schedule") var scheduleOptions: ScheduleOptions
    @OptionGroup(title: "Chat") var chatOptions: ChatOptions
    @OptionGroup(title: "Generation") var generationOptions: GenerationOptions
    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    func run() throws {
        try generationOptions.check()
        try serverOptions.check()
        let source = try modelOptions.settings(on: machineOptions).source()
        let defaults = try source.generationForAnswers()
        let words = try words(source, defaults)
        let loaded = try modelOptions.settings(on: machineOptions).load(source)
        if let note = loaded.note { Terminal.error("note: \(note)\n") }
        let core = try scheduleOptions.core(loaded)
        let name = serverOptions.servedModelName ?? Self.name(of: source)
        var settings = ModelServer.Settings(
            model: ServedModel(
                name: name, root: source.path ?? source.configuration.name, created: time(nil),
                context: core.capacity),
            sampling: sampling(defaults), version: ToolVersion.current)
        settings.key = try serverOptions.bearerKey()
        settings.seed = modelOptions.seed
        settings.usualLimit = generationOptions.maxNewTokens ?? defaults.newTokens ?? .max
        try serve(core, settings, words, defaults)
    }

    private func serve(
        _ core: SlotCore, _ settings: ModelServer.Settings, _ words: ServedWords,
        _ defaults: GenerationConfiguration
    ) throws {
        var schedule = try scheduleOptions.settings()
        let ends = (words.conversation?.endTokens ?? words.tokenizer?.endTokens ?? [])
            .union(defaults.endTokens)
        schedule.endTokens = Set(ends.compactMap { Int32(exactly: $0) })
        OpenFiles.raiseLimit()
        Interruption.listen()
        let isQuiet = serverOptions.quiet
        let server = try ModelServer(
            core, schedule, settings, words, host: serverOptions.host, port: serverOptions.port,
            names: serverOptions.allowedHost
        ) { line in
            if !isQuiet { Terminal.error(line + "\n") }
        }
        try Terminal.output(
            "\(settings.model.name) at \(serverOptions.address(port: server.port))/v1, "
                + "\(core.slotCount) answers at once, \(core.capacity) tokens each, "
                + "\(core.blockCount * core.blockPositions) in all\n")
        while !Interruption.isRequested { usleep(Self.glance) }
        Terminal.error("tokenmark: no more requests are taken; answers are finished\n")
        try server.end(within: serverOptions.drainSeconds.value)
        throw Interruption.exitStatus
    }

    /// Microseconds between two looks for a signal.
    private static let glance: UInt32 = 50_000

    private func words(
        _ source: ModelSource, _ defaults: GenerationConfiguration
    ) throws -> ServedWords {
        guard source.origin != .random else {
            guard !chatOptions.isGiven else {
                throw UsageError(
                    "--system, --chat-template and --thinking are for a chat, and random weights "
                        + "have no words; leave them out, or give --weights")
            }
            return ServedWords(nil, conversation: nil)
        }
        guard chatOptions.system == nil else {
            throw UsageError(
                "--system: the requests say what the model shall be; leave it out")
        }
        let tokenizer = try source.tokenizer("to serve text")
        return ServedWords(
            tokenizer,
            conversation: try chatOptions.conversation(
                source, tokenizer, window: .max, endTokens: defaults.endTokens))
    }

    /// The options, or else the model's files, or else what clients of this API expect.
    private func sampling(_ defaults: GenerationConfiguration) -> SamplingOptions {
        var options = generationOptions.sampling(defaults, seed: modelOptions.seed)
        if generationOptions.temperature == nil, defaults.draws == nil { options.temperature = 1 }
        return options
    }

    /// What a model is called: its preset, or the last part of its path without what names the format.
    private static func name(of source: ModelSource) -> String {
        guard let path = source.path else { return source.configuration.name }
        let last = path.split(separator: "/").last.map(String.init) ?? path
        return last.hasSuffix(".gguf") ? String(last.dropLast(5)) : last
    }
}
