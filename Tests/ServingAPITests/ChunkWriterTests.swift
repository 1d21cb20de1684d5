import Testing

@testable import ServingAPI

/// What clients read, byte for byte: serving.md 2.2 as texts.
@Suite struct ChunkWriterTests {
    private func identity(_ kind: AnswerIdentity.Kind) -> AnswerIdentity {
        AnswerIdentity(kind, number: 255, created: 17, model: "m\"1")
    }

    private func writer(
        _ kind: AnswerIdentity.Kind, choices: Int = 1, continuous: Bool = false
    ) -> ChunkWriter {
        ChunkWriter(
            identity(kind), choices: choices,
            stream: GenerationFields.StreamFields(
                includesUsage: true, continuousUsage: continuous))
    }

    private static let chatHead =
        #"{"id":"chatcmpl-ff","object":"chat.completion.chunk","created":17,"model":"m\"1","#
    private static let textHead =
        #"{"id":"cmpl-ff","object":"text_completion","created":17,"model":"m\"1","#

    private func text(_ body: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        body(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aChatTellsItsRoleOnceAndItsEndWithoutContent() {
        var writer = writer(.chat)
        #expect(writer.needsRole(0))
        #expect(
            text { writer.appendRole(ChunkWriter.Delta(), to: &$0) } == Self.chatHead
                + #""choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#
        )
        #expect(!writer.needsRole(0))
        #expect(
            text { writer.append(ChunkWriter.Delta(text: "a\n\u{1}\"\\é😀"), to: &$0) } == Self
                .chatHead
                + #""choices":[{"index":0,"delta":{"content":"a\u000a\u0001\"\\é😀"},"finish_reason":null}]}"#
        )
        #expect(
            text { writer.append(ChunkWriter.Delta(finish: .stop), to: &$0) } == Self.chatHead
                + #""choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
        // A last token and the end may be one event.
        #expect(
            text { writer.append(ChunkWriter.Delta(text: "z", finish: .length), to: &$0) }
                == Self.chatHead
                + #""choices":[{"index":0,"delta":{"content":"z"},"finish_reason":"length"}]}"#)
    }

    @Test func aCompletionHasTextEvenWhereNoneIsComplete() {
        var writer = writer(.completion, choices: 2)
        #expect(!writer.needsRole(0))
        #expect(
            text { writer.append(ChunkWriter.Delta(choice: 1), to: &$0) } == Self.textHead
                + #""choices":[{"index":1,"text":"","logprobs":null,"finish_reason":null}]}"#)
        #expect(
            text { writer.append(ChunkWriter.Delta(text: "a", finish: .abort), to: &$0) }
                == Self.textHead
                + #""choices":[{"index":0,"text":"a","logprobs":null,"finish_reason":"abort"}]}"#)
    }

    @Test func usageComesWithoutChoices() {
        let usage = Usage(promptTokens: 3, completionTokens: 4, cachedTokens: 2)
        #expect(
            text { writer(.chat).append(usage, to: &$0) } == Self.chatHead
                + #""choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"#
                + #""prompt_tokens_details":{"cached_tokens":2}}}"#)
        let metrics = RequestMetrics(queue: 0.001, prefill: 0.0105, decode: 0.03, furtherTokens: 3)
        #expect(
            text { writer(.completion).append(usage, metrics: metrics, to: &$0) }.hasSuffix(
                #","metrics":{"queue_time_ms":1.0,"prefill_time_ms":10.5,"time_to_first_token_ms":11.5,"#
                    + #""generation_time_ms":30.0,"mean_itl_ms":10.0,"tokens_per_second":100.0}}"#))
    }

    @Test func theMeanOfNoGapIsNull() {
        let metrics = RequestMetrics(queue: 0, prefill: 0.5, decode: 0, furtherTokens: 0)
        let usage = Usage(promptTokens: 1, completionTokens: 1)
        #expect(
            text { writer(.chat).append(usage, metrics: metrics, to: &$0) }.hasSuffix(
                #""generation_time_ms":0.0,"mean_itl_ms":null,"tokens_per_second":null}}"#))
    }

    @Test func usageMayComeWithEveryChunk() {
        var writer = writer(.chat, continuous: true)
        var delta = ChunkWriter.Delta(text: "a")
        delta.usage = Usage(promptTokens: 1, completionTokens: 2)
        let usage =
            #","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"#
            + #""prompt_tokens_details":{"cached_tokens":0}}}"#
        #expect(text { writer.appendRole(delta, to: &$0) }.hasSuffix("null}]" + usage))
        #expect(text { writer.append(delta, to: &$0) }.hasSuffix("null}]" + usage))
        // Only where it was asked for.
        var other = self.writer(.chat)
        #expect(text { other.append(delta, to: &$0) }.hasSuffix("null}]}"))
    }

    @Test func tokensComeBackWhereTheyWereAskedFor() {
        var delta = ChunkWriter.Delta(text: "a")
        delta.tokens = [7, 8]
        delta.promptTokens = [1, 2]
        var completion = writer(.completion)
        #expect(
            text { completion.append(delta, to: &$0) }.hasSuffix(
                #""finish_reason":null,"token_ids":[7,8],"prompt_token_ids":[1,2]}]}"#))
        // Those of the prompt come once.
        #expect(text { completion.append(delta, to: &$0) }.hasSuffix(#""token_ids":[7,8]}]}"#))
        var chat = writer(.chat)
        #expect(
            text { chat.appendRole(delta, to: &$0) }.hasSuffix(
                #""finish_reason":null}],"prompt_token_ids":[1,2]}"#))
        #expect(text { chat.append(delta, to: &$0) }.hasSuffix(#""token_ids":[7,8]}]}"#))
    }

    /// Half a character, what is impossible, and two tokens that read the same.
    private static let logprobs = [
        TokenLogprobs(token: Array("a".utf8), value: nil),
        TokenLogprobs(
            token: [0xe4, 0xbd], value: -0.5,
            top: [
                TokenLogprobs.Alternative(token: [0xe4, 0xbd], value: -0.5),
                TokenLogprobs.Alternative(token: Array("\"".utf8), value: -.infinity),
                TokenLogprobs.Alternative(token: [0xe4], value: -3),
            ]),
    ]

    @Test func completionsHaveLogprobsInLists() {
        var writer = writer(.completion)
        var delta = ChunkWriter.Delta(text: "a")
        delta.logprobs = Self.logprobs
        delta.textOffset = 5
        #expect(
            text { writer.append(delta, to: &$0) } == Self.textHead
                + #""choices":[{"index":0,"text":"a","logprobs":{"tokens":["a","\#u{fffd}"],"#
                + #""token_logprobs":[null,-0.5],"top_logprobs":[null,{"\#u{fffd}":-0.5,"\"":-9999.0}],"#
                + #""text_offset":[5,6]},"finish_reason":null}]}"#)
    }

    @Test func chatsHaveLogprobsInObjects() {
        var writer = writer(.chat)
        var delta = ChunkWriter.Delta(text: "a")
        delta.logprobs = [Self.logprobs[1]]
        #expect(
            text { writer.append(delta, to: &$0) } == Self.chatHead
                + #""choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":["#
                + #"{"token":"\#u{fffd}","logprob":-0.5,"bytes":[228,189],"top_logprobs":["#
                + #"{"token":"\#u{fffd}","logprob":-0.5,"bytes":[228,189]},"#
                + #"{"token":"\"","logprob":-9999.0,"bytes":[34]},"#
                + #"{"token":"\#u{fffd}","logprob":-3.0,"bytes":[228]}]}]},"finish_reason":null}]}"#
        )
    }

    @Test func anErrorWithinAStreamIsAnObjectOfItsOwn() {
        #expect(
            String(decoding: APIError.failed("it \"broke\"").body, as: UTF8.self)
                == #"{"error":{"message":"it \"broke\"","type":"server_error","param":null,"code":"internal_error"}}"#
        )
        #expect(String(decoding: ChunkWriter.end, as: UTF8.self) == "[DONE]")
    }
}
