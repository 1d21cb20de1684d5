internal import Qwen
internal import Serving
internal import ServingAPI
internal import Wire

/// What a request orders of the engine, and how it wants the answer.
struct Order {
    private enum Kind {
        case generation(GenerationFields, AnswerIdentity.Kind)
        case question(isStream: Bool)
    }

    private let kind: Kind
    private let prompts: [[Int32]]
    /// Of each prompt, as it is given back; none where it is not.
    private var echoes: [CompletionRequest.Prompt] = []
    private let limits: [Int]
    private var wishes = Exchange.Wishes()
    private let usual: SamplingOptions

    /// Tokens of an answer in LLM-TPU's shape: as many as that server gives.
    private static let questionLimit = 512

    /// - Throws: `APIError`.
    init(
        _ request: CompletionRequest, _ prompts: [[Int32]], _ settings: ModelServer.Settings
    ) throws(APIError) {
        try self.init(
            request.generation, .completion, prompts, logprobs: request.logprobs, settings)
        wishes.echo = request.echoes
        if request.echoes { echoes = request.prompts }
    }

    /// - Throws: `APIError`.
    init(
        _ request: ChatRequest, _ prompts: [[Int32]], _ settings: ModelServer.Settings
    ) throws(APIError) {
        try self.init(request.generation, .chat, prompts, logprobs: request.logprobs, settings)
    }

    /// - Throws: `APIError`.
    init(
        _ request: QuestionRequest, _ prompts: [[Int32]], _ settings: ModelServer.Settings
    ) throws(APIError) {
        kind = .question(isStream: request.isStream)
        self.prompts = prompts
        usual = settings.sampling
        limits = prompts.map { min(Self.questionLimit, settings.model.context - $0.count) }
        try Self.check(prompts, limits, settings, param: "question")
    }

    private init(
        _ fields: GenerationFields, _ kind: AnswerIdentity.Kind, _ prompts: [[Int32]],
        logprobs: Int?, _ settings: ModelServer.Settings
    ) throws(APIError) {
        try settings.model.check(fields.model)
        self.kind = .generation(fields, kind)
        self.prompts = prompts
        usual = settings.sampling
        limits = prompts.map { prompt in
            fields.mostTokens
                ?? max(1, min(settings.usualLimit, settings.model.context - prompt.count))
        }
        wishes.logprobs = logprobs
        wishes.tokens = fields.returnsTokens
        wishes.metrics = fields.returnsMetrics
        wishes.usage = fields.stream?.includesUsage ?? false
        try Self.check(
            prompts, limits, settings, param: kind == .chat ? "messages" : "prompt")
    }

    private static func check(
        _ prompts: [[Int32]], _ limits: [Int], _ settings: ModelServer.Settings, param: String
    ) throws(APIError) {
        for (prompt, limit) in zip(prompts, limits) {
            let (positions, overflow) = prompt.count.addingReportingOverflow(limit)
            guard !overflow, limit >= 0, positions <= settings.model.context else {
                throw .contextTooLong(
                    prompt: prompt.count, limit: max(limit, 1), context: settings.model.context,
                    param: param)
            }
        }
    }

    var answersPerPrompt: Int {
        if case .generation(let fields, _) = kind { fields.answers } else { 1 }
    }

    /// One for each prompt.
    ///
    /// - Parameter seed: of draws, where the request has none.
    /// - Throws: `APIError`.
    func requests(seed: UInt64) throws(APIError) -> [GenerationRequest] {
        var usual = usual
        usual.seed = seed
        var requests: [GenerationRequest] = []
        for (prompt, limit) in zip(prompts, limits) {
            switch kind {
            case .generation(let fields, _):
                var request = try GenerationRequest(
                    prompt: prompt, limit: limit, fields, usual: usual, logprobs: wishes.logprobs)
                request.scoresPrompt = wishes.echo && wishes.logprobs != nil
                requests.append(request)
            case .question:
                var request = GenerationRequest(prompt: prompt, limit: limit)
                request.sampling = usual
                requests.append(request)
            }
        }
        return requests
    }

    /// What gets the engine's events.
    func exchange(
        _ response: Response, _ words: ServedWords, arrived: UInt64, number: UInt64,
        created: Int, model: String, path: String
    ) -> Exchange {
        let served = prompts.enumerated().map { index, tokens in
            var prompt = ServedPrompt(tokens, arrived: arrived, answers: answersPerPrompt)
            if wishes.echo {
                if case .text(let text) = echoes[index] {
                    prompt.text = text
                } else {
                    prompt.text = words.echo(of: tokens)
                }
            }
            return prompt
        }
        let form: Exchange.Form
        let answer: AnswerWords
        switch kind {
        case .generation(let fields, let kind):
            let identity = AnswerIdentity(kind, number: number, created: created, model: model)
            form =
                fields.stream.map {
                    .chunks(
                        ChunkWriter(
                            identity, choices: prompts.count * fields.answers, stream: $0))
                } ?? .whole(identity)
            answer = words.answer(
                stops: fields.stops, leastTokens: fields.leastTokens,
                skipsSpecials: fields.skipsSpecials)
        case .question(let isStream):
            form = .texts(isStream: isStream)
            answer = words.answer(stops: [], leastTokens: 0, skipsSpecials: true)
        }
        return Exchange(
            response, form, prompts: served, answersPerPrompt: answersPerPrompt, wishes: wishes,
            words, answer: answer, path: path)
    }

    /// Whether the answer comes as events.
    var isStream: Bool {
        switch kind {
        case .generation(let fields, _): fields.stream != nil
        case .question(let isStream): isStream
        }
    }
}
