import JSON
import Testing

@testable import ServingAPI

@Suite struct ChatRequestTests {
    private func request(
        _ body: String, _ endpoint: Endpoint = .chatCompletions
    ) throws -> ChatRequest {
        guard case .chat(let request) = try read(body, endpoint).request else {
            throw APIError.failed("no chat")
        }
        return request
    }

    private static let hello = #""messages": [{"role": "user", "content": "hello"}]"#

    @Test func messagesAreAllThatIsNeeded() throws {
        let request = try request("{\(Self.hello)}")
        #expect(request.conversation.messages == [["role": "user", "content": "hello"]])
        #expect(request.conversation.asks && request.conversation.tools == nil)
        #expect(request.generation.mostTokens == nil && request.logprobs == nil)
    }

    @Test func partsOfTextAreLines() throws {
        let request = try request(
            #"""
            {"messages": [{"role": "system", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
              {"role": "user", "name": "n", "content": "c"}]}
            """#)
        #expect(
            request.conversation.messages == [
                ["role": "system", "content": "a\nb"],
                ["role": "user", "content": "c", "name": "n"],
            ])
    }

    @Test func callsOfToolsAreReadAsTemplatesHaveThem() throws {
        let request = try request(
            #"""
            {"messages": [
              {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}},
                {"function": {"name": "g", "arguments": "no object"}}]},
              {"role": "tool", "tool_call_id": "c1", "content": "2"}],
             "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "auto"}
            """#)
        #expect(
            request.conversation.messages == [
                [
                    "role": "assistant", "content": "",
                    "tool_calls": [
                        [
                            "id": "c1", "type": "function",
                            "function": ["name": "f", "arguments": ["x": 1]],
                        ],
                        [
                            "type": "function",
                            "function": ["name": "g", "arguments": "no object"],
                        ],
                    ],
                ],
                ["role": "tool", "content": "2", "tool_call_id": "c1"],
            ])
        #expect(request.conversation.tools == [["type": "function", "function": ["name": "f"]]])
    }

    @Test func toolsThatAreSwitchedOffAreNotTold() throws {
        let tools = #""tools": [{"type": "function", "function": {"name": "f"}}]"#
        #expect(try request("{\(Self.hello), \(tools)}").conversation.tools != nil)
        #expect(
            try request("{\(Self.hello), \(tools), \"tool_choice\": \"none\"}").conversation.tools
                == nil)
        #expect(try request("{\(Self.hello), \"tools\": []}").conversation.tools == nil)
    }

    @Test func theNewerNameOfTheLimitIsStronger() throws {
        #expect(
            try request("{\(Self.hello), \"max_tokens\": 5, \"max_completion_tokens\": 6}")
                .generation
                .mostTokens == 6)
        #expect(try request("{\(Self.hello), \"max_tokens\": 5}").generation.mostTokens == 5)
    }

    @Test func logprobsAreAskedForByTwoFields() throws {
        #expect(try request("{\(Self.hello), \"logprobs\": true}").logprobs == 0)
        #expect(
            try request("{\(Self.hello), \"logprobs\": true, \"top_logprobs\": 4}").logprobs == 4)
        #expect(
            try request("{\(Self.hello), \"logprobs\": false, \"top_logprobs\": 0}").logprobs == nil
        )
    }

    @Test func templatesAreToldMore() throws {
        let request = try request(
            "{\(Self.hello), \"add_generation_prompt\": false, \"chat_template_kwargs\": {\"enable_thinking\": false}}"
        )
        #expect(!request.conversation.asks)
        #expect(
            request.conversation.templateVariables
                == [JSON.Member(name: "enable_thinking", value: false)])
    }

    @Test(arguments: [
        ("{}", "messages", "a list of 1 to 4096 messages, not missing"),
        (#"{"messages": []}"#, "messages", "not a list of 0"),
        (#"{"messages": ["x"]}"#, "messages[0]", "it must be a JSON object"),
        (#"{"messages": [{"content": "x"}]}"#, "messages[0].role", "one of assistant, "),
        (#"{"messages": [{"role": "king", "content": "x"}]}"#, "messages[0].role", "not 'king'"),
        (
            #"{"messages": [{"role": "user"}]}"#, "messages[0].content",
            "a string, or a list of parts"
        ),
        (#"{"messages": [{"role": "user", "content": 5}]}"#, "messages[0].content", "not 5"),
        (
            #"{"messages": [{"role": "user", "content": [{"type": "text"}]}]}"#,
            "messages[0].content[0].text", "must be a string"
        ),
        (
            #"{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}"#,
            "messages[0].content[0].type", "of type 'image_url', and this server reads text alone"
        ),
        (
            #"{"messages": [{"role": "assistant", "tool_calls": [{}]}]}"#, "messages[0].tool_calls",
            "a function's name"
        ),
        (
            #"{"messages": [{"role": "user", "content": "x"}], "top_logprobs": 2}"#, "top_logprobs",
            "add that"
        ),
        (
            #"{"messages": [{"role": "user", "content": "x"}], "max_tokens": 0}"#, "max_tokens",
            "at least 1"
        ),
        (
            #"{"messages": [{"role": "user", "content": "x"}], "tools": [{}]}"#, "tools",
            "objects with a function"
        ),
        (
            #"{"messages": [{"role": "user", "content": "x"}], "chat_template_kwargs": {"messages": []}}"#,
            "chat_template_kwargs.messages", "leave it out"
        ),
    ])
    func whatIsWrongIsNamed(_ body: String, _ param: String, _ says: String) throws {
        let error = try #require(refusal(body, .chatCompletions))
        #expect(error.status == 400 && error.param == param)
        #expect(error.message.contains(says), "\(error.message)")
    }

    @Test(arguments: [
        (#""tool_choice": "required""#, "tool_choice"), (#""functions": [{}]"#, "functions"),
        (#""tool_choice": {"type": "function"}"#, "tool_choice"), (#""audio": {}"#, "audio"),
        (#""modalities": ["text", "audio"]"#, "modalities"), (#""echo": true"#, "echo"),
        (#""continue_final_message": true"#, "continue_final_message"),
        (#""chat_template": "x""#, "chat_template"), (#""documents": [{}]"#, "documents"),
    ])
    func whatIsNotDoneIsRefusedByName(_ field: String, _ name: String) throws {
        let error = try #require(refusal("{\(Self.hello), \(field)}", .chatCompletions))
        #expect(error.param == name && error.code == "unsupported_value")
    }

    @Test func theBodyTellsQuestionsFromMessages() throws {
        #expect(try request("{\(Self.hello)}", .questions).conversation.messages.count == 1)
        guard case .question(let question) = try read(#"{"question": "why"}"#, .questions).request
        else {
            throw APIError.failed("no question")
        }
        #expect(question.question == "why" && question.history.isEmpty && !question.isStream)
        #expect(refusal("{\"question\": \"why\", \(Self.hello)}", .questions)?.param == "question")
        // Where OpenAI's shape alone is served, a question is an unknown field.
        #expect(refusal(#"{"question": "why"}"#, .chatCompletions)?.param == "messages")
    }

    @Test(arguments: [
        (#"{"question": 5}"#, "question"), (#"{"question": "x", "history": ["a"]}"#, "history"),
        (#"{"question": "x", "history": [1, 2]}"#, "history"),
        (#"{"question": "x", "stream": 1}"#, "stream"),
    ])
    func wrongQuestionsAreNamed(_ body: String, _ param: String) {
        #expect(refusal(body, .questions)?.param == param)
    }

    @Test func textsAndChatsAreTokenized() throws {
        #expect(
            try read(#"{"prompt": "x", "add_special_tokens": false}"#, .tokenize).request
                == .tokenize(TokenizeRequest(.text("x", addsSpecials: false))))
        guard case .tokenize(let chat) = try read("{\(Self.hello)}", .tokenize).request,
            case .chat(let conversation) = chat.input
        else { throw APIError.failed("no chat") }
        #expect(conversation.messages.count == 1)
        #expect(refusal("{\"prompt\": \"x\", \(Self.hello)}", .tokenize)?.param == "messages")
        guard case .detokenize(let tokens) = try read(#"{"tokens": [1, 2]}"#, .detokenize).request
        else {
            throw APIError.failed("no tokens")
        }
        #expect(tokens.tokens == [1, 2])
        #expect(refusal("{}", .detokenize)?.param == "tokens")
    }
}

extension TokenizeRequest {
    fileprivate init(_ input: Input) {
        self.init(model: nil, input: input, returnsTexts: false)
    }
}
