extension GenerationConfiguration {
    /// What `generation_config.json` says of it, but for the tokens that end an answer.
    var members: [JSON.Member] {
        var members: [JSON.Member] = []
        func add(_ name: String, _ value: JSON?) {
            if let value { members.append(JSON.Member(name: name, value: value)) }
        }
        func number(_ value: Float?) -> JSON? {
            value.map { .number(Double("\($0)") ?? Double($0)) }
        }
        add("do_sample", draws.map { .boolean($0) })
        add("temperature", number(temperature))
        add("top_k", topK.map { .integer($0) })
        add("top_p", number(topP))
        add("repetition_penalty", number(repetitionPenalty))
        if !suppressedTokens.isEmpty {
            add("suppress_tokens", .array(suppressedTokens.map { .integer($0) }))
        }
        return members
    }
}
