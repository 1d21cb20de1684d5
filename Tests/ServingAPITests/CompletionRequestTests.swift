import Testing

@testable import ServingAPI

@Suite struct CompletionRequestTests {
    private func request(_ body: String) throws -> CompletionRequest {
        guard case .completion(let request) = try read(body, .completions).request else {
            throw APIError.failed("no completion")
        }
        return request
    }

    @Test func aPromptIsAllThatIsNeeded() throws {
        let request = try request(#"{"prompt": "Once"}"#)
        #expect(request.prompts == [.text("Once")])
        #expect(request.generation.mostTokens == 16)
        #expect(request.generation.answers == 1 && request.generation.stream == nil)
        #expect(request.generation.sampling.temperature == nil)
        #expect(!request.echoes && request.logprobs == nil && request.addsSpecials)
        #expect(request.generation.skipsSpecials && request.generation.usesCache)
    }

    @Test func promptsAreTextsOrTokensOrListsOfEither() throws {
        #expect(try request(#"{"prompt": [1, 2]}"#).prompts == [.tokens([1, 2])])
        #expect(try request(#"{"prompt": ["a", "b"]}"#).prompts == [.text("a"), .text("b")])
        #expect(
            try request(#"{"prompt": [[1], [2, 3]]}"#).prompts == [.tokens([1]), .tokens([2, 3])])
        #expect(try request(#"{"prompt": ["a", [1]]}"#).prompts == [.text("a"), .tokens([1])])
        #expect(try request(#"{"prompt": ""}"#).prompts == [.text("")])
    }

    @Test func everyFieldIsRead() throws {
        let request = try request(
            #"""
            {"model": "m", "prompt": "x", "max_tokens": 9, "min_tokens": 2, "temperature": 0.5,
             "top_p": 0.9, "top_k": 40, "min_p": 0.1, "repetition_penalty": 1.2, "presence_penalty": -2,
             "frequency_penalty": 2, "seed": -7, "logit_bias": {"12": -100, "3": 1.5}, "n": 3,
             "stop": ["a", "b"], "stop_token_ids": [5], "include_stop_str_in_output": true,
             "ignore_eos": true, "skip_special_tokens": false, "stream": true,
             "stream_options": {"include_usage": true, "continuous_usage_stats": true}, "echo": true,
             "logprobs": 5, "return_token_ids": true, "return_metrics": true, "cache_salt": "s",
             "cache_prompt": false, "request_id": "r", "add_special_tokens": false}
            """#)
        let generation = request.generation
        #expect(generation.model == "m" && generation.mostTokens == 9)
        #expect(generation.leastTokens == 2 && generation.answers == 3)
        let sampling = generation.sampling
        #expect(sampling.temperature == 0.5 && sampling.topP == 0.9 && sampling.topK == 40)
        #expect(sampling.minP == 0.1 && sampling.repetitionPenalty == 1.2)
        #expect(sampling.presencePenalty == -2 && sampling.frequencyPenalty == 2)
        #expect(sampling.seed == -7)
        #expect(sampling.logitBias.map(\.token) == [3, 12])
        #expect(sampling.logitBias.map(\.bias) == [1.5, -100])
        #expect(generation.stops == ["a", "b"] && generation.stopTokens == [5])
        #expect(generation.includesStop && generation.ignoresEnd && !generation.skipsSpecials)
        #expect(
            generation.stream
                == GenerationFields.StreamFields(includesUsage: true, continuousUsage: true))
        #expect(request.echoes && request.logprobs == 5 && !request.addsSpecials)
        #expect(generation.returnsTokens && generation.returnsMetrics)
        #expect(generation.cacheSalt == "s" && !generation.usesCache)
        #expect(generation.requestID == "r")
    }

    /// What vLLM's and GuideLLM's clients send with every request.
    @Test func nullIsAsMissing() throws {
        let request = try request(
            #"{"prompt": "x", "stop": null, "logprobs": null, "temperature": null, "max_tokens": null}"#
        )
        #expect(request.generation.stops.isEmpty && request.logprobs == nil)
        #expect(request.generation.mostTokens == 16)
    }

    @Test func vLLMsWordsForNothingAreUnderstood() throws {
        let sampling = try request(#"{"prompt": "x", "top_k": -1, "seed": -1}"#).generation.sampling
        #expect(sampling.topK == 0 && sampling.seed == nil)
        #expect(try request(#"{"prompt": "x", "max_tokens": 5.0}"#).generation.mostTokens == 5)
    }

    @Test func aPromptMayBeScoredWithoutAnAnswer() throws {
        let request = try request(#"{"prompt": "x", "max_tokens": 0, "echo": true, "logprobs": 1}"#)
        #expect(request.generation.mostTokens == 0)
    }

    @Test func unknownFieldsAreNamed() throws {
        let reading = try read(
            #"{"prompt": "x", "zeta": 1, "alpha": null, "user": "u"}"#, .completions)
        #expect(reading.ignoredFields == ["alpha", "zeta"])
    }

    struct Wrong: CustomTestStringConvertible {
        let body: String
        let param: String?
        let says: String
        var testDescription: String { String(body.prefix(70)) }

        init(_ body: String, _ param: String?, _ says: String) {
            self.body = body
            self.param = param
            self.says = says
        }
    }

    @Test(arguments: [
        Wrong("", nil, "the body is not JSON: in line 1, it ends where a value belongs"),
        Wrong("{\n\"prompt\": \"x\",}", nil, "in line 2, there is a comma behind the last element"),
        Wrong("[]", nil, "it must be a JSON object"),
        Wrong("{}", "prompt", "'prompt' must be a string, a list of token ids"),
        Wrong(#"{"prompt": []}"#, "prompt", "not a list of 0"),
        Wrong(#"{"prompt": {}}"#, "prompt", "not an object"),
        Wrong(
            #"{"prompt": ["a", 1]}"#, "prompt[1]", "must be a string or a list of token ids, not 1"),
        Wrong(#"{"prompt": [1, -1]}"#, "prompt[1]", "must be a token id, not -1"),
        Wrong(#"{"prompt": [[]]}"#, "prompt[0]", "not a list of 0"),
        Wrong(#"{"prompt": [[1.5]]}"#, "prompt[0]", "not a list of 1"),
        Wrong(#"{"prompt": [4294967296]}"#, "prompt[0]", "must be a token id, not 4294967296"),
        Wrong(#"{"prompt": "x", "temperature": "hot"}"#, "temperature", "not 'hot'"),
        Wrong(#"{"prompt": "x", "temperature": -0.1}"#, "temperature", "of at least 0.0, not -0.1"),
        Wrong(#"{"prompt": "x", "top_p": 0}"#, "top_p", "above 0.0 and at most 1.0, not 0"),
        Wrong(#"{"prompt": "x", "top_p": 1.1}"#, "top_p", "not 1.1"),
        Wrong(#"{"prompt": "x", "top_k": -2}"#, "top_k", "a whole number of at least -1, not -2"),
        Wrong(#"{"prompt": "x", "min_p": 2}"#, "min_p", "not 2"),
        Wrong(
            #"{"prompt": "x", "repetition_penalty": 0}"#, "repetition_penalty", "above 0.0, not 0"),
        Wrong(#"{"prompt": "x", "presence_penalty": 2.5}"#, "presence_penalty", "not 2.5"),
        Wrong(#"{"prompt": "x", "frequency_penalty": -3}"#, "frequency_penalty", "not -3"),
        Wrong(#"{"prompt": "x", "seed": 1.5}"#, "seed", "a whole number of 64 bits, not 1.5"),
        Wrong(#"{"prompt": "x", "seed": true}"#, "seed", "not true"),
        Wrong(#"{"prompt": "x", "logit_bias": {"a": 1}}"#, "logit_bias", "token ids"),
        Wrong(#"{"prompt": "x", "logit_bias": {"1": 101}}"#, "logit_bias", "from -100 to 100"),
        Wrong(#"{"prompt": "x", "logit_bias": []}"#, "logit_bias", "not a list of 0"),
        Wrong(#"{"prompt": "x", "n": 0}"#, "n", "from 1 to 128, not 0"),
        Wrong(#"{"prompt": "x", "n": 129}"#, "n", "not 129"),
        Wrong(#"{"prompt": "x", "max_tokens": 0}"#, "max_tokens", "must be at least 1"),
        Wrong(#"{"prompt": "x", "max_tokens": "9"}"#, "max_tokens", "not '9'"),
        Wrong(#"{"prompt": "x", "max_tokens": 1e40}"#, "max_tokens", "not 1e+40"),
        Wrong(
            #"{"prompt": "x", "min_tokens": 17}"#, "min_tokens", "at most 'max_tokens', which is 16"
        ),
        Wrong(#"{"prompt": "x", "stop": 5}"#, "stop", "not 5"),
        Wrong(#"{"prompt": "x", "stop": ["a", ""]}"#, "stop", "not a list of 2"),
        Wrong(#"{"prompt": "x", "stop": [null]}"#, "stop", "not a list of 1"),
        Wrong(
            #"{"prompt": "x", "stop_token_ids": ["a"]}"#, "stop_token_ids", "a list of token ids"),
        Wrong(#"{"prompt": "x", "stream": "yes"}"#, "stream", "true or false, not 'yes'"),
        Wrong(
            #"{"prompt": "x", "stream_options": {"include_usage": true}}"#, "stream_options",
            "add \"stream\": true"),
        Wrong(
            #"{"prompt": "x", "stream": true, "stream_options": {"include_usage": 1}}"#,
            "stream_options.include_usage", "'stream_options.include_usage' must be true or false"),
        Wrong(
            #"{"prompt": "x", "stream": true, "stream_options": 1}"#, "stream_options",
            "it must be a JSON object"),
        Wrong(#"{"prompt": "x", "logprobs": 21}"#, "logprobs", "from 0 to 20, not 21"),
        Wrong(#"{"prompt": "x", "logprobs": true}"#, "logprobs", "not true"),
        Wrong(#"{"prompt": "x", "cache_salt": ""}"#, "cache_salt", "1 to 256 printed"),
        Wrong(#"{"prompt": "x", "request_id": "a\n"}"#, "request_id", "1 to 256 printed"),
        Wrong(#"{"prompt": "x", "model": 7}"#, "model", "a string, not 7"),
    ])
    func whatIsWrongIsNamed(_ wrong: Wrong) throws {
        let error = try #require(refusal(wrong.body, .completions))
        #expect(error.status == 400 && error.type == "invalid_request_error")
        #expect(error.param == wrong.param)
        #expect(error.message.contains(wrong.says), "\(error.message)")
    }

    @Test(arguments: [
        (#""suffix": "s""#, "suffix"), (#""best_of": 2"#, "best_of"),
        (#""response_format": {"type": "json_object"}"#, "response_format"),
        (#""guided_json": {}"#, "guided_json"),
        (#""structured_outputs": {}"#, "structured_outputs"),
        (#""use_beam_search": true"#, "use_beam_search"),
        (#""prompt_logprobs": 1"#, "prompt_logprobs"),
        (#""prompt_embeds": "x""#, "prompt_embeds"), (#""priority": 1"#, "priority"),
        (#""truncate_prompt_tokens": 5"#, "truncate_prompt_tokens"),
        (#""bad_words": ["x"]"#, "bad_words"),
    ])
    func whatIsNotDoneIsRefusedByName(_ field: String, _ name: String) throws {
        let error = try #require(refusal("{\"prompt\": \"x\", \(field)}", .completions))
        #expect(error.status == 400 && error.param == name && error.code == "unsupported_value")
        #expect(error.message.hasPrefix("'\(name)' is not done here; "))
    }

    @Test func valuesThatAskForNothingAreNotRefused() throws {
        _ = try read(
            #"""
            {"prompt": "x", "suffix": null, "best_of": 1, "response_format": {"type": "text"},
             "use_beam_search": false, "length_penalty": 1.0, "priority": 0, "bad_words": []}
            """#, .completions)
    }

    @Test func answersAreBoundedTogether() throws {
        let prompts = Array(repeating: "[1]", count: 9).joined(separator: ",")
        let error = try #require(refusal("{\"prompt\": [\(prompts)], \"n\": 114}", .completions))
        #expect(
            error.param == "n" && error.message.hasPrefix("9 prompts with 'n': 114 are more than"))
        #expect(refusal("{\"prompt\": [\(prompts)], \"n\": 113}", .completions) == nil)
    }

    @Test func namesThatLookAlikeAreTwoNames() throws {
        // Equal as Unicode has it, different as bytes are.
        let reading = try read("{\"prompt\": \"x\", \"\u{e9}\": 1, \"e\u{301}\": 2}", .completions)
        #expect(reading.ignoredFields.count == 1)
    }
}
