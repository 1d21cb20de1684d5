internal import JSON
internal import ServingAPI

extension QuestionRequest {
    /// As messages: the history is questions and answers in turn.
    var messages: [JSON] {
        (history + [question]).enumerated().map { index, text in
            [
                "role": .string(index.isMultiple(of: 2) ? "user" : "assistant"),
                "content": .string(text),
            ]
        }
    }
}
