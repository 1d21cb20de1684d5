import Glibc
import Serving
import SocketClient
import Testing

@testable import ModelServer

/// Clients that go away in the middle, and servers that do.
@Suite struct GoingAwayTests {
    private static let long = #"{"prompt":[1],"max_tokens":60,"stream":true}"#

    @Test(arguments: [true, false])
    func whoHangsUpIsServedNoMore(_ isStream: Bool) throws {
        let running = try RunningServer(isOpen: false)
        do {
            let client = try running.client()
            client.ask(
                "/v1/completions", RunningServer.type,
                body: isStream ? Self.long : #"{"prompt":[1],"max_tokens":60}"#)
            running.gate.letPass(2)
            if isStream { _ = try client.read(upTo: "\n\n") }
            try running.await("vllm:num_requests_running", 1)
        }
        // The hang-up is seen by the loop, and then by the engine between two passes.
        for _ in 0..<2000 where try running.metric(Self.aborted) == 0 {
            running.gate.letPass(1)
            usleep(1000)
        }
        #expect(try running.metric(Self.aborted) == 1)
        #expect(try running.metric("vllm:generation_tokens_total") < 60)
        #expect(try running.metric("vllm:num_requests_running") == 0)
        #expect(try running.metric("vllm:kv_cache_usage_perc") == 0)
    }

    private static let aborted =
        #"vllm:request_success_total{model_name="m",engine="0",finished_reason="abort"}"#

    @Test func answersThatHaveNoTimeLeftSaySo() throws {
        let running = try RunningServer(isOpen: false)
        let client = try running.client()
        client.ask("/v1/completions", RunningServer.type, body: Self.long)
        running.gate.letPass(3)
        _ = try client.read(upTo: "\n\n")
        try running.end()
        let rest = try client.readToEnd()
        #expect(rest.contains("data: [DONE]\n\n"))
        #expect(
            rest.contains(#""finish_reason":"abort""#)
                || rest.contains(#""finish_reason":"length""#))
        #expect(throws: SocketFailure.self) { try running.client() }
    }
}
