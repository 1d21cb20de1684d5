internal import JSON

/// The texts of tokens by id, as files list them.
struct TokenTexts {
    /// Nil for an id that no token has.
    private(set) var texts: [String?] = []
    private(set) var added: [AddedToken] = []
    private let file: ModelFile
    /// Tokens listed so far, those that are being read among them.
    private var listed = 0

    /// Vocabularies leave ids out; with this many, a file of a few tokens still takes little memory.
    private static let mostGaps = 1 << 16

    init(_ file: ModelFile) {
        self.file = file
    }

    /// Takes a vocabulary: an object from texts to ids.
    ///
    /// - Throws: `QwenError.invalidModelFile`.
    mutating func add(vocabulary: JSON?) throws(QwenError) {
        guard let members = vocabulary?.members, !members.isEmpty else {
            throw file.invalid("it has no vocabulary")
        }
        texts.reserveCapacity(members.count)
        listed += members.count
        for member in members {
            guard let id = member.value.integer else {
                throw file.invalid("the id of the token '\(member.name)' is no whole number")
            }
            try set(id, member.name)
        }
    }

    /// Takes a token that stands for its text as a whole; it may be in the vocabulary already.
    ///
    /// - Throws: `QwenError.invalidModelFile`.
    mutating func add(_ token: AddedToken) throws(QwenError) {
        guard !token.text.isEmpty else {
            throw file.invalid("the added token \(token.id) is empty")
        }
        if let known = added.first(where: { $0.id == token.id }), known.text == token.text {
            return
        }
        if texts.indices ~= token.id, let text = texts[token.id], text == token.text {
            added.append(token)
            return
        }
        listed += 1
        try set(token.id, token.text)
        added.append(token)
    }

    private mutating func set(_ id: Int, _ text: String) throws(QwenError) {
        let end = min(Vocabulary.maximumCount, listed + Self.mostGaps)
        guard 0..<end ~= id else {
            throw file.invalid(
                "the token '\(text)' has the id \(id); in a list of \(listed) ids go from 0 to "
                    + "\(end - 1)")
        }
        if id >= texts.count {
            texts += [String?](repeating: nil, count: id + 1 - texts.count)
        }
        if let other = texts[id] {
            throw file.invalid("the tokens '\(other)' and '\(text)' both have the id \(id)")
        }
        texts[id] = text
    }

    /// The ids of those texts that there are.
    func ids(of wanted: Set<String>) -> [String: Int] {
        var ids: [String: Int] = [:]
        for (id, text) in texts.enumerated() {
            if let text, wanted.contains(text) { ids[text] = id }
        }
        return ids
    }

    /// - Parameter file: where the merges stand.
    /// - Throws: `QwenError.invalidModelFile`.
    func vocabulary(
        merges: [MergeText], of file: ModelFile, takesWholePieces: Bool = false
    ) throws(QwenError) -> Vocabulary {
        do {
            return try Vocabulary(
                texts: texts, literals: Set(added.map(\.id)), merges: merges,
                lastMergeCounts: true, takesWholePieces: takesWholePieces)
        } catch {
            guard let merge = error.merge else { throw self.file.invalid(error.problem) }
            throw file.invalid(line: merges[merge].line, error.problem)
        }
    }
}
