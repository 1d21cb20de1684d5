package import JSON

/// The model that a server has, as `/v1/models` tells of it.
package struct ServedModel: Equatable, Sendable {
    package let name: String
    /// What it was made of: a path or a preset.
    ///
    /// vLLM's client takes it for the tokenizer's name.
    package let root: String
    /// Seconds since 1970.
    package let created: Int
    /// Positions that prompt and answer may have together.
    package let context: Int

    package init(name: String, root: String, created: Int, context: Int) {
        self.name = name
        self.root = root
        self.created = created
        self.context = context
    }

    /// One model: the answer to `/v1/models/{id}`.
    package var json: JSON {
        [
            "id": .string(name), "object": "model", "created": .integer(created),
            "owned_by": "tokenmark", "root": .string(root), "parent": .null,
            "max_model_len": .integer(context),
        ]
    }

    /// The answer to `/v1/models`.
    package var list: JSON { ["object": "list", "data": [json]] }

    /// - Throws: `APIError`, where a request names another one.
    package func check(_ name: String?) throws(APIError) {
        guard let name, name != self.name else { return }
        throw .unknownModel(name, served: self.name)
    }
}

/// The answers to smaller questions.
package enum SmallAnswer {
    /// To `/tokenize`.
    package static func tokens(_ tokens: [Int], texts: [String]?, context: Int) -> JSON {
        [
            "count": .integer(tokens.count), "max_model_len": .integer(context),
            "tokens": .array(tokens.map { .integer($0) }),
            "token_strs": texts.map { .array($0.map { .string($0) }) } ?? .null,
        ]
    }

    /// To `/detokenize`.
    package static func text(_ text: String) -> JSON { ["prompt": .string(text)] }

    /// To `/version`.
    package static func version(_ version: String) -> JSON { ["version": .string(version)] }

    /// To a question, in one piece.
    ///
    /// As a stream, each event is the whole text so far, and nothing else.
    package static func answer(_ text: String) -> JSON { ["data": .string(text)] }
}
