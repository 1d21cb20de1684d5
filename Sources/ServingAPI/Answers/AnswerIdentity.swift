internal import JSON

/// What all chunks of an answer have in common.
package struct AnswerIdentity: Equatable, Sendable {
    package let kind: Kind
    /// Unlike any other answer's.
    package let id: String
    /// Seconds since 1970.
    package let created: Int
    package let model: String

    package enum Kind: Sendable {
        case completion
        case chat
    }

    /// - Parameter number: unlike any other answer's; the id is made of it.
    package init(_ kind: Kind, number: UInt64, created: Int, model: String) {
        self.kind = kind
        id = (kind == .chat ? "chatcmpl-" : "cmpl-") + String(number, radix: 16)
        self.created = created
        self.model = model
    }

    /// The members that an object begins with, its brace before them and a comma behind.
    func head(isChunk: Bool) -> [UInt8] {
        let object =
            switch kind {
            case .completion: "text_completion"
            case .chat: isChunk ? "chat.completion.chunk" : "chat.completion"
            }
        var bytes = Array("{\"id\":".utf8)
        bytes.append(json: id)
        bytes += ",\"object\":\"\(object)\",\"created\":\(created),\"model\":".utf8
        bytes.append(json: model)
        bytes += ",".utf8
        return bytes
    }
}

/// Why an answer ended.
package enum AnswerEnd: String, Sendable, CaseIterable {
    /// The model ended it, or a text that it was to end at.
    case stop
    /// It has as many tokens as it may.
    case length
    /// It was cancelled.
    case abort
}
