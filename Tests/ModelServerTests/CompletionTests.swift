import EngineDouble
import Glibc
import JSON
import Serving
import SocketClient
import Testing

@testable import ModelServer

@Suite struct CompletionTests {
    @Test func aStreamHasAnEventForEachTokenAndTheLastSaysWhyItEnds() throws {
        let running = try RunningServer()
        let client = try running.client()
        client.ask(
            "/v1/completions", RunningServer.type,
            body: #"{"prompt":[1,2,3],"max_tokens":3,"stream":true,"return_token_ids":true,"#
                + #""stream_options":{"include_usage":true}}"#)
        let events = try RunningServer.events(client)
        let tokens = ScriptedCore.answer([1, 2, 3], count: 3)
        let head = #"{"id":"cmpl-1","object":"text_completion","created":7,"model":"m","choices":["#
        func event(_ index: Int, _ finish: String, _ rest: String = "") -> String {
            let token = tokens[index]
            return head + #"{"index":0,"text":" \#(token)","logprobs":null,"#
                + #""finish_reason":\#(finish),"token_ids":[\#(token)]\#(rest)}]}"#
        }
        #expect(
            events == [
                event(0, "null", #","prompt_token_ids":[1,2,3]"#), event(1, "null"),
                event(2, #""length""#),
                head + #"],"usage":{"prompt_tokens":3,"completion_tokens":3,"total_tokens":6,"#
                    + #""prompt_tokens_details":{"cached_tokens":0}}}"#,
                "[DONE]",
            ])
        // The connection stays.
        _ = try client.read(upTo: "\r\n0\r\n\r\n")
        client.ask("/version")
        #expect(try client.readAnswer().body == #"{"version":"1"}"#)
    }

    @Test func severalPromptsAndAnswersAreNumberedThrough() throws {
        let running = try RunningServer()
        let (_, body) = try running.ask(
            "/v1/completions", #"{"prompt":[[1,2],[3]],"max_tokens":2,"n":2,"temperature":0}"#)
        let texts = [[1, 2], [1, 2], [3], [3]].map { prompt in
            ScriptedCore.answer(prompt.map { Int32($0) }, count: 2).map { " \($0)" }.joined()
        }
        let choices = body["choices"]?.array ?? []
        #expect(choices.map { $0["index"]?.integer } == [0, 1, 2, 3])
        #expect(choices.map { $0["text"]?.string } == texts)
        #expect(body["usage"]?["prompt_tokens"] == 3)
        #expect(body["usage"]?["completion_tokens"] == 8)
    }

    @Test(arguments: [0, 1]) func aPromptIsGivenBackWithItsLogprobs(_ limit: Int) throws {
        let running = try RunningServer()
        let (_, body) = try running.ask(
            "/v1/completions",
            #"{"prompt":[1,2,3],"max_tokens":\#(limit),"echo":true,"logprobs":2,"temperature":0}"#)
        let answer = ScriptedCore.answer([1, 2, 3], count: limit)
        let texts = ([1, 2, 3] + answer).map { " \($0)" }
        let choice = body["choices"]?.array?.first
        let logprobs = choice?["logprobs"]
        #expect(choice?["text"]?.string == texts.joined())
        #expect(logprobs?["tokens"]?.array?.map(\.string) == texts)
        let values = logprobs?["token_logprobs"]?.array ?? []
        #expect(values.first == .null)
        // The core's logits are 2 for what follows, 1 for the token after it and 0 for 98 others.
        let sum = log(exp(2) + exp(1) + 98.0)
        let possible = [2 - sum, 1 - sum, -sum]
        for value in values.dropFirst() {
            #expect(possible.contains { abs($0 - (value.number ?? .nan)) < 1e-5 })
        }
        if limit == 1 { #expect(abs((values.last?.number ?? .nan) - (2 - sum)) < 1e-5) }
        let offsets = logprobs?["text_offset"]?.array?.map(\.integer)
        #expect(offsets?.prefix(3) == [0, 2, 4])
        let most = logprobs?["top_logprobs"]?.array?.last?.members?.count
        #expect(most == 2 || most == 3)
    }

    @Test func eachRequestDrawsFromASeedOfItsOwnUnlessItNamesOne() throws {
        let running = try RunningServer()
        func texts(_ fields: String) throws -> [String?] {
            try (0..<3).map { _ in
                let (_, body) = try running.ask(
                    "/v1/completions",
                    #"{"prompt":[9],"max_tokens":20,"temperature":1\#(fields)}"#)
                return body["choices"]?.array?.first?["text"]?.string
            }
        }
        #expect(Set(try texts("")).count == 3)
        #expect(Set(try texts(#","seed":5"#)).count == 1)
    }

    @Test func manyAtOnceAreAnsweredAsIfAlone() throws {
        let running = try RunningServer(slots: 3)
        let clients = try (0..<20).map { index in
            let client = try running.client()
            client.ask(
                "/v1/completions", RunningServer.type,
                body: #"{"prompt":[\#(index)],"max_tokens":\#(index % 5 + 1)}"#)
            return client
        }
        for (index, client) in clients.enumerated() {
            let text = ScriptedCore.answer([Int32(index)], count: index % 5 + 1)
                .map { " \($0)" }.joined()
            #expect(try client.readAnswer().body.contains(#""text":"\#(text)","#))
        }
        #expect(try running.metric("vllm:generation_tokens_total") == 60)
        #expect(try running.metric("vllm:prompt_tokens_total") == 20)
        #expect(try running.metric("vllm:time_to_first_token_seconds_count") == 20)
        #expect(try running.metric("vllm:kv_cache_usage_perc") == 0)
    }
}
