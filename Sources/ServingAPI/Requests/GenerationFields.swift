internal import JSON

/// What completions and chats have in common.
package struct GenerationFields: Equatable, Sendable {
    /// nil takes the one that is served.
    package let model: String?
    package let sampling: SamplingFields
    /// Answers for each prompt.
    package let answers: Int
    /// nil leaves it to the endpoint.
    package internal(set) var mostTokens: Int?
    package let leastTokens: Int
    /// Texts that end an answer.
    package let stops: [String]
    /// Tokens that end it, beside the model's own.
    package let stopTokens: [Int]
    /// Whether the text that ended an answer is a part of it.
    package let includesStop: Bool
    package let ignoresEnd: Bool
    /// Whether special tokens are left out of the text.
    package let skipsSpecials: Bool
    /// nil wants the answer in one piece.
    package let stream: StreamFields?
    package let returnsTokens: Bool
    /// Whether times of the request come with the answer.
    package let returnsMetrics: Bool
    /// Requests of different salts share nothing in a prefix cache.
    package let cacheSalt: String?
    /// Whether a prefix cache may be used.
    package let usesCache: Bool
    package let requestID: String?

    /// How a stream is to be.
    package struct StreamFields: Equatable, Sendable {
        package var includesUsage = false
        /// Whether every chunk says how many tokens there are so far.
        package var continuousUsage = false

        package init(includesUsage: Bool = false, continuousUsage: Bool = false) {
            self.includesUsage = includesUsage
            self.continuousUsage = continuousUsage
        }
    }

    static let mostAnswers = 128
    private static let mostStops = 64
    private static let mostStopBytes = 1024
    private static let mostNameBytes = 256

    init(_ fields: inout Fields) throws(APIError) {
        model = try fields.string("model")
        sampling = try SamplingFields(&fields)
        answers = try fields.integer("n", in: 1...Self.mostAnswers) ?? 1
        mostTokens = try fields.integer("max_tokens", in: 0...(.max))
        leastTokens = try fields.integer("min_tokens", in: 0...(.max)) ?? 0
        stops = try Self.stops(&fields)
        stopTokens = try fields.tokens("stop_token_ids", most: Self.mostStops) ?? []
        includesStop = try fields.boolean("include_stop_str_in_output") ?? false
        ignoresEnd = try fields.boolean("ignore_eos") ?? false
        skipsSpecials = try fields.boolean("skip_special_tokens") ?? true
        stream = try Self.stream(&fields)
        returnsTokens = try fields.boolean("return_token_ids") ?? false
        returnsMetrics = try fields.boolean("return_metrics") ?? false
        cacheSalt = try Self.name("cache_salt", &fields)
        usesCache = try fields.boolean("cache_prompt") ?? true
        requestID = try Self.name("request_id", &fields)
        fields.pass("user", "metadata", "service_tier", "store", "safety_identifier")
        try Self.refuseOthers(&fields)
    }

    private static func name(_ name: String, _ fields: inout Fields) throws(APIError) -> String? {
        let text = try fields.string(name)
        guard let text else { return nil }
        guard 1...mostNameBytes ~= text.utf8.count, text.utf8.allSatisfy({ 0x20...0x7e ~= $0 })
        else {
            throw fields.wrong(name, "a string of 1 to \(mostNameBytes) printed ASCII characters")
        }
        return text
    }

    private static func stops(_ fields: inout Fields) throws(APIError) -> [String] {
        guard let json = fields.json("stop") else { return [] }
        let texts: [String?] = json.string.map { [$0] } ?? json.array?.map(\.string) ?? [nil]
        let stops = texts.compactMap(\.self)
        guard stops.count == texts.count, stops.count <= mostStops,
            stops.allSatisfy({ 1...mostStopBytes ~= $0.utf8.count })
        else {
            throw fields.wrong(
                "stop",
                "a string, or a list of at most \(mostStops), each of 1 to \(mostStopBytes) bytes")
        }
        return stops
    }

    private static func stream(_ fields: inout Fields) throws(APIError) -> StreamFields? {
        let isStream = try fields.boolean("stream") ?? false
        let options = try fields.object("stream_options")
        guard isStream else {
            guard options == nil else {
                throw .invalid(
                    "stream_options", "'stream_options' is for streams; add \"stream\": true")
            }
            return nil
        }
        var stream = StreamFields()
        if var options {
            stream.includesUsage = try options.boolean("include_usage") ?? false
            stream.continuousUsage =
                try options.boolean("continuous_usage_stats") ?? false && stream.includesUsage
        }
        return stream
    }

    /// What is known of other servers and not done here: better no answer than another one than was
    /// asked for.
    private static func refuseOthers(_ fields: inout Fields) throws(APIError) {
        let constrained = "answers are not bound to a form; leave it out"
        try fields.refuse("response_format", unless: [["type": "text"]], remedy: constrained)
        let forms = [
            "structured_outputs", "guided_json", "guided_regex", "guided_choice",
            "guided_grammar", "grammar", "json_schema",
        ]
        for name in forms { try fields.refuse(name, remedy: constrained) }
        try fields.refuse(
            "best_of", unless: [.integer(1)], remedy: "ask for n answers and choose among them")
        try fields.refuse("use_beam_search", unless: [false], remedy: "leave it out")
        try fields.refuse(
            "length_penalty", unless: [.integer(1), .number(1)], remedy: "leave it out")
        try fields.refuse(
            "prompt_logprobs", remedy: "use echo and logprobs of /v1/completions")
        try fields.refuse(
            "return_tokens_as_token_ids", unless: [false], remedy: "use return_token_ids")
        try fields.refuse("logits_processors", unless: [[]], remedy: "leave it out")
        try fields.refuse("bad_words", unless: [[]], remedy: "use logit_bias")
        try fields.refuse("allowed_token_ids", remedy: "use logit_bias")
        try fields.refuse("truncate_prompt_tokens", remedy: "shorten the prompt")
        try fields.refuse("priority", unless: [.integer(0)], remedy: "requests go in their order")
    }
}
