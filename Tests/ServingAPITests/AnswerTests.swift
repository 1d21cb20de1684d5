import JSON
import Testing

@testable import ServingAPI

@Suite struct AnswerTests {
    private func text(_ json: JSON) -> String {
        String(decoding: JSONWriter.bytes(json, isIndented: false), as: UTF8.self)
    }

    @Test func aCompletionInOnePiece() {
        var second = WholeAnswer.Choice(text: "b", finish: .length)
        second.tokens = [9]
        second.promptTokens = [1]
        second.logprobs = [TokenLogprobs(token: Array("b".utf8), value: -1)]
        let answer = WholeAnswer(
            AnswerIdentity(.completion, number: 1, created: 2, model: "m"),
            choices: [WholeAnswer.Choice(text: "a\t", finish: .stop), second],
            usage: Usage(promptTokens: 1, completionTokens: 2))
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == #"{"id":"cmpl-1","object":"text_completion","created":2,"model":"m","choices":["#
                + #"{"index":0,"text":"a\u0009","logprobs":null,"finish_reason":"stop"},"#
                + #"{"index":1,"text":"b","logprobs":{"tokens":["b"],"token_logprobs":[-1.0],"#
                + #""top_logprobs":[{"b":-1.0}],"text_offset":[0]},"finish_reason":"length","#
                + #""token_ids":[9],"prompt_token_ids":[1]}],"#
                + #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"#
                + #""prompt_tokens_details":{"cached_tokens":0}}}"#)
    }

    @Test func aChatInOnePiece() {
        var answer = WholeAnswer(
            AnswerIdentity(.chat, number: 1, created: 2, model: "m"),
            choices: [WholeAnswer.Choice(text: "a", finish: .stop)],
            usage: Usage(promptTokens: 1, completionTokens: 2))
        answer.promptTokens = [4, 5]
        answer.metrics = RequestMetrics(queue: 0, prefill: 0.001, decode: 0.002, furtherTokens: 1)
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == #"{"id":"chatcmpl-1","object":"chat.completion","created":2,"model":"m","choices":["#
                + #"{"index":0,"message":{"role":"assistant","content":"a"},"logprobs":null,"#
                + #""finish_reason":"stop"}],"prompt_token_ids":[4,5],"#
                + #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"#
                + #""prompt_tokens_details":{"cached_tokens":0}},"#
                + #""metrics":{"queue_time_ms":0.0,"prefill_time_ms":1.0,"time_to_first_token_ms":1.0,"#
                + #""generation_time_ms":2.0,"mean_itl_ms":2.0,"tokens_per_second":500.0}}"#)
    }

    /// vLLM's client reads `data[0].root`, gateways `max_model_len`.
    @Test func theModelIsListed() throws {
        let model = ServedModel(name: "m", root: "/m.gguf", created: 5, context: 2048)
        #expect(
            text(model.list)
                == #"{"object":"list","data":[{"id":"m","object":"model","created":5,"#
                + #""owned_by":"tokenmark","root":"/m.gguf","parent":null,"max_model_len":2048}]}"#)
        try model.check("m")
        try model.check(nil)
        do throws(APIError) {
            try model.check("other")
            Issue.record("another model is served")
        } catch {
            #expect(
                error.status == 404 && error.param == "model" && error.code == "model_not_found")
            #expect(error.message == "the model 'other' does not exist here; this server has 'm'")
        }
    }

    @Test func smallAnswers() {
        #expect(
            text(SmallAnswer.tokens([1, 2], texts: nil, context: 9))
                == #"{"count":2,"max_model_len":9,"tokens":[1,2],"token_strs":null}"#)
        #expect(
            text(SmallAnswer.tokens([1], texts: ["a"], context: 9))
                == #"{"count":1,"max_model_len":9,"tokens":[1],"token_strs":["a"]}"#)
        #expect(text(SmallAnswer.text("x")) == #"{"prompt":"x"}"#)
        #expect(text(SmallAnswer.version("1.0")) == #"{"version":"1.0"}"#)
        #expect(text(SmallAnswer.answer("")) == #"{"data":""}"#)
    }

    @Test func errorsSayWhatProgramsMatch() {
        let long = APIError.contextTooLong(prompt: 5, limit: 6, context: 10, param: "messages")
        #expect(long.message.contains("maximum context length is 10 tokens"))
        #expect(long.status == 400 && long.code == "context_length_exceeded")
        let full = APIError.queueFull(waiting: 9, retryAfter: 2)
        #expect(full.status == 429 && full.retryAfter == 2)
        #expect(APIError.unauthorised.status == 401)
        #expect(APIError.notJSON(contentType: "text/plain").message.contains("'text/plain'"))
        #expect(APIError.unavailable("it loads").status == 503)
    }
}
