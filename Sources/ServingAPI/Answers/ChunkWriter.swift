internal import JSON

/// Writes the events of one request's stream: what is the same in all of them is made once.
///
/// Each call adds an event to a list of bytes, which may be used again; nothing else is allocated for
/// a token without logprobs.
package struct ChunkWriter {
    private let kind: AnswerIdentity.Kind
    private let head: [UInt8]
    /// Up to the number of the choice.
    private let choicesHead: [UInt8]
    private let hasContinuousUsage: Bool
    private var hasBegun: [Bool]

    /// What ends every stream.
    package static let end = Array("[DONE]".utf8)

    /// What an event says of one answer.
    package struct Delta {
        /// Which of the answers.
        package var choice = 0
        package var text = ""
        package var finish: AnswerEnd?
        /// nil where none were asked for.
        package var logprobs: [TokenLogprobs]?
        /// Characters of the answer before the text.
        package var textOffset = 0
        /// nil where none were asked for.
        package var tokens: [Int]?
        /// For the first event of an answer, where they were asked for.
        package var promptTokens: [Int]?
        /// Used where a stream says it in every chunk.
        package var usage: Usage?

        package init(choice: Int = 0, text: String = "", finish: AnswerEnd? = nil) {
            self.choice = choice
            self.text = text
            self.finish = finish
        }
    }

    /// - Parameter choices: answers that the stream has.
    package init(
        _ identity: AnswerIdentity, choices: Int, stream: GenerationFields.StreamFields
    ) {
        kind = identity.kind
        head = identity.head(isChunk: true)
        choicesHead = head + "\"choices\":[{\"index\":".utf8
        hasContinuousUsage = stream.continuousUsage
        hasBegun = Array(repeating: false, count: choices)
    }

    /// Whether a role has still to be told of an answer, which `appendRole` does: in an event of its own,
    /// together with the first token and not before, since clients take it for that.
    package func needsRole(_ choice: Int) -> Bool {
        kind == .chat && !hasBegun[choice]
    }

    /// The event that tells a chat's role.
    package mutating func appendRole(_ delta: Delta, to bytes: inout [UInt8]) {
        hasBegun[delta.choice] = true
        bytes += choicesHead
        bytes +=
            "\(delta.choice),\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]"
            .utf8
        appendPrompt(delta, to: &bytes)
        appendUsage(delta, to: &bytes)
        bytes += "}".utf8
    }

    /// The event of a token, or of the end.
    package mutating func append(_ delta: Delta, to bytes: inout [UInt8]) {
        bytes += choicesHead
        bytes += "\(delta.choice),".utf8
        switch kind {
        case .completion:
            bytes += "\"text\":".utf8
            bytes.append(json: delta.text)
            bytes += ",\"logprobs\":".utf8
            if let logprobs = delta.logprobs {
                bytes.append(completion: logprobs, offset: delta.textOffset)
            } else {
                bytes += "null".utf8
            }
        case .chat:
            bytes += "\"delta\":{".utf8
            // The end alone has no content.
            if !delta.text.isEmpty || delta.finish == nil {
                bytes += "\"content\":".utf8
                bytes.append(json: delta.text)
            }
            bytes += "}".utf8
            if let logprobs = delta.logprobs {
                bytes += ",\"logprobs\":".utf8
                bytes.append(chat: logprobs)
            }
        }
        bytes += ",\"finish_reason\":".utf8
        bytes += delta.finish.map { "\"\($0.rawValue)\"" }?.utf8 ?? "null".utf8
        if let tokens = delta.tokens {
            bytes += ",\"token_ids\":".utf8
            bytes.append(tokens)
        }
        if kind == .completion {
            if !hasBegun[delta.choice] { appendPrompt(delta, to: &bytes) }
            hasBegun[delta.choice] = true
        }
        bytes += "}]".utf8
        appendUsage(delta, to: &bytes)
        bytes += "}".utf8
    }

    /// The event that tells the usage, after all others.
    package func append(_ usage: Usage, metrics: RequestMetrics? = nil, to bytes: inout [UInt8]) {
        bytes += head
        bytes += "\"choices\":[]".utf8
        bytes.append(usage)
        if let metrics { bytes.append(metrics) }
        bytes += "}".utf8
    }

    /// Of a chat it stands beside the choices, of a completion in the choice.
    private func appendPrompt(_ delta: Delta, to bytes: inout [UInt8]) {
        guard let tokens = delta.promptTokens else { return }
        bytes += ",\"prompt_token_ids\":".utf8
        bytes.append(tokens)
    }

    private func appendUsage(_ delta: Delta, to bytes: inout [UInt8]) {
        if hasContinuousUsage, let usage = delta.usage { bytes.append(usage) }
    }
}
