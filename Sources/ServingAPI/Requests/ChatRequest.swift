internal import JSON

/// What `/v1/chat/completions` is asked.
package struct ChatRequest: Equatable, Sendable {
    package let conversation: ChatConversation
    package let generation: GenerationFields
    /// How many of the most probable tokens come with each, beside its own; nil wants none.
    package let logprobs: Int?

    init(_ fields: inout Fields) throws(APIError) {
        conversation = try ChatConversation(&fields)
        var generation = try GenerationFields(&fields)
        // The newer name of max_tokens.
        generation.mostTokens =
            try fields.integer("max_completion_tokens", in: 1...(.max)) ?? generation.mostTokens
        if let most = generation.mostTokens {
            guard most > 0 else {
                throw .invalid("max_tokens", "'max_tokens' must be at least 1")
            }
            guard generation.leastTokens <= most else {
                throw .invalid(
                    "min_tokens", "'min_tokens' must be at most 'max_tokens', which is \(most)")
            }
        }
        self.generation = generation
        logprobs = try Self.logprobs(&fields)
        try Self.refuseOthers(&fields)
    }

    private static func logprobs(_ fields: inout Fields) throws(APIError) -> Int? {
        let wants = try fields.boolean("logprobs") ?? false
        let top = try fields.integer("top_logprobs", in: 0...CompletionRequest.mostLogprobs)
        guard wants || top ?? 0 == 0 else {
            throw .invalid("top_logprobs", "'top_logprobs' is for 'logprobs': true; add that")
        }
        return wants ? top ?? 0 : nil
    }

    private static func refuseOthers(_ fields: inout Fields) throws(APIError) {
        let whole = "answers are text; leave it out"
        try fields.refuse("modalities", unless: [["text"]], remedy: whole)
        try fields.refuse("audio", remedy: whole)
        try fields.refuse("prediction", remedy: "leave it out")
        try fields.refuse("web_search_options", remedy: "leave it out")
        try fields.refuse("functions", unless: [[]], remedy: "use tools")
        try fields.refuse("function_call", unless: ["none", "auto"], remedy: "use tools")
        try fields.refuse("echo", unless: [false], remedy: "use echo of /v1/completions")
        fields.pass("parallel_tool_calls", "reasoning_effort", "verbosity", "include_reasoning")
    }
}
