internal import JSON

/// An answer in one piece.
package struct WholeAnswer {
    package let identity: AnswerIdentity
    package var choices: [Choice]
    package var usage: Usage
    package var metrics: RequestMetrics?
    /// Of a chat, where they were asked for.
    package var promptTokens: [Int]?

    /// One of the answers.
    package struct Choice {
        package var text: String
        package var finish: AnswerEnd
        /// nil where none were asked for.
        package var logprobs: [TokenLogprobs]?
        /// nil where none were asked for.
        package var tokens: [Int]?
        /// Of a completion, where they were asked for.
        package var promptTokens: [Int]?

        package init(text: String, finish: AnswerEnd) {
            self.text = text
            self.finish = finish
        }
    }

    package init(_ identity: AnswerIdentity, choices: [Choice], usage: Usage) {
        self.identity = identity
        self.choices = choices
        self.usage = usage
    }

    /// The body of the answer.
    package var body: [UInt8] {
        var bytes = identity.head(isChunk: false)
        bytes += "\"choices\":[".utf8
        bytes.append(list: Array(choices.enumerated())) {
            append($1.element, index: $1.offset, to: &$0)
        }
        bytes += "]".utf8
        if let promptTokens {
            bytes += ",\"prompt_token_ids\":".utf8
            bytes.append(promptTokens)
        }
        bytes.append(usage)
        if let metrics { bytes.append(metrics) }
        bytes += "}".utf8
        return bytes
    }

    private func append(_ choice: Choice, index: Int, to bytes: inout [UInt8]) {
        bytes += "{\"index\":\(index),".utf8
        switch identity.kind {
        case .completion:
            bytes += "\"text\":".utf8
            bytes.append(json: choice.text)
        case .chat:
            bytes += "\"message\":{\"role\":\"assistant\",\"content\":".utf8
            bytes.append(json: choice.text)
            bytes += "}".utf8
        }
        bytes += ",\"logprobs\":".utf8
        if let logprobs = choice.logprobs {
            switch identity.kind {
            case .completion: bytes.append(completion: logprobs, offset: 0)
            case .chat: bytes.append(chat: logprobs)
            }
        } else {
            bytes += "null".utf8
        }
        bytes += ",\"finish_reason\":\"\(choice.finish.rawValue)\"".utf8
        for (name, tokens) in [
            ("token_ids", choice.tokens), ("prompt_token_ids", choice.promptTokens),
        ] {
            guard let tokens else { continue }
            bytes += ",\"\(name)\":".utf8
            bytes.append(tokens)
        }
        bytes += "}".utf8
    }
}
