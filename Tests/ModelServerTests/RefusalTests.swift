import Glibc
import JSON
import Serving
import SocketClient
import Testing

@testable import ModelServer

@Suite struct RefusalTests {
    struct Wrong: CustomTestStringConvertible {
        let body: String
        let param: String?
        var path = "/v1/completions"
        var status = 400
        var testDescription: String { body }
    }

    @Test(arguments: [
        Wrong(body: #"{"prompt":"a text"}"#, param: "prompt"),
        Wrong(body: #"{"prompt":[1],"stop":["x"]}"#, param: "stop"),
        Wrong(body: #"{"prompt":[100]}"#, param: "prompt"),
        Wrong(body: #"{"prompt":[[1],[5000000000]]}"#, param: "prompt[1]"),
        Wrong(body: #"{"prompt":[1],"max_tokens":64}"#, param: "prompt"),
        Wrong(body: #"{"prompt":[1],"n":5}"#, param: "n"),
        Wrong(body: #"{"prompt":[1],"stop_token_ids":[100]}"#, param: "stop_token_ids"),
        Wrong(body: #"{"prompt":[1],"logit_bias":{"100":1}}"#, param: "logit_bias"),
        Wrong(body: #"{"prompt":[1],"temperature":1e39}"#, param: "temperature"),
        Wrong(
            body: #"{"prompt":[1],"include_stop_str_in_output":true}"#,
            param: "include_stop_str_in_output"),
        Wrong(body: #"{"prompt":[1],"model":"other"}"#, param: "model", status: 404),
        Wrong(body: #"{"prompt":[1]"#, param: nil),
        Wrong(
            body: #"{"messages":[{"role":"user","content":"x"}]}"#, param: "messages",
            path: "/v1/chat/completions"),
        Wrong(body: #"{"question":"x"}"#, param: "question", path: "/chat/completions"),
        Wrong(body: #"{"prompt":"x"}"#, param: "prompt", path: "/tokenize"),
    ])
    func namesTheFieldAndTheServerGoesOn(_ wrong: Wrong) throws {
        let running = try RunningServer()
        let (head, body) = try running.ask(wrong.path, wrong.body)
        #expect(head.hasPrefix("HTTP/1.1 \(wrong.status) "), "\(head) \(body)")
        #expect(body["error"]?["param"]?.string == wrong.param)
        #expect(try running.ask("/v1/completions", #"{"prompt":[1]}"#).head.contains(" 200 "))
        #expect(try running.metric("vllm:num_requests_running") == 0)
    }

    @Test func aKeyIsAskedForWhereAModelWorks() throws {
        let running = try RunningServer(key: "secret")
        #expect(try running.ask("/v1/models").head.hasPrefix("HTTP/1.1 401 "))
        let wrong = try running.ask("/v1/models", headers: "Authorization: Bearer secre\r\n")
        #expect(wrong.head.contains("WWW-Authenticate: Bearer\r\n"))
        let right = try running.ask("/v1/models", headers: "Authorization: Bearer secret\r\n")
        #expect(right.body["data"]?.array?.first?["id"] == "m")
        #expect(try running.ask("/health").head.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func otherBodiesThanJSONAreRefused() throws {
        let running = try RunningServer()
        let client = try running.client()
        client.ask("/v1/completions", "Content-Type: text/plain\r\n", body: #"{"prompt":[1]}"#)
        #expect(try client.readAnswer().head.hasPrefix("HTTP/1.1 415 "))
    }

    @Test func whoFindsTheQueueFullIsToldToComeAgain() throws {
        var schedule = ServingSettings()
        schedule.mostWaiting = 1
        let running = try RunningServer(slots: 1, isOpen: false, schedule: schedule)
        // One has a place, one may wait, and all three come together.
        let full = try running.ask("/v1/completions", #"{"prompt":[[1],[2],[3]]}"#)
        #expect(full.head.hasPrefix("HTTP/1.1 429 "))
        #expect(full.head.contains("Retry-After: 1\r\n"))
        #expect(full.body["error"]?["type"] == "rate_limit_error")
        running.gate.open()
        // The two that were taken are cancelled, sooner or later.
        var head = ""
        for _ in 0..<4000 where !head.hasPrefix("HTTP/1.1 200 ") {
            head = try running.ask("/v1/completions", #"{"prompt":[4]}"#).head
            usleep(1000)
        }
        #expect(head.hasPrefix("HTTP/1.1 200 "))
    }
}
