internal import ServingAPI

/// A body, read, and the tokens of its prompts: all that takes time with a long one.
struct Reading: Sendable {
    let request: APIRequest
    /// Fields that nothing here knows.
    let ignoredFields: [String]
    /// Of every prompt, of a chat or a question, or of the text to tokenise.
    let prompts: [[Int32]]

    /// - Throws: `APIError`.
    init(_ body: [UInt8], for endpoint: Endpoint, _ words: ServedWords) throws(APIError) {
        let reading = try APIRequest.read(body, for: endpoint)
        request = reading.request
        ignoredFields = reading.ignoredFields
        switch request {
        case .completion(let completion):
            try words.check(completion.generation)
            var prompts: [[Int32]] = []
            for (index, prompt) in completion.prompts.enumerated() {
                prompts.append(
                    try words.tokens(
                        of: prompt, addsSpecials: completion.addsSpecials,
                        param: completion.prompts.count > 1 ? "prompt[\(index)]" : "prompt"))
            }
            self.prompts = prompts
        case .chat(let chat):
            try words.check(chat.generation)
            prompts = [try words.tokens(of: chat.conversation)]
        case .question(let question): prompts = [try words.tokens(of: question)]
        case .tokenize(let tokenize):
            switch tokenize.input {
            case .text(let text, let addsSpecials):
                prompts = [
                    try words.tokens(
                        of: .text(text), addsSpecials: addsSpecials, param: "prompt")
                ]
            case .chat(let chat): prompts = [try words.tokens(of: chat)]
            }
        case .detokenize: prompts = []
        }
    }
}
