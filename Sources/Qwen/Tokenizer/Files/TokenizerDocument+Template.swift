internal import JSON

extension TokenizerDocument {
    /// Takes over what the post-processor puts before and behind a text.
    ///
    /// It has the last word, as in llama.cpp's converter: a begin token of the template stands there
    /// whatever `add_bos_token` says.
    ///
    /// - Throws: `QwenError.unsupportedModel`, `.unusableValue`.
    func takeTemplate(
        _ configuration: TokenizerConfiguration, into parts: inout TokenizerParts
    ) throws(QwenError) {
        let template = try template(json["post_processor"], parts)
        parts.wantsTrailingTokens = parts.wantsTrailingTokens || !template.trailing.isEmpty
        guard let first = template.leading.first else { return }
        parts.leadingTokens = template.leading
        parts.beginToken = parts.beginToken ?? first
        if configuration.addsBeginToken == false {
            let text = parts.added.first { $0.id == first }?.text ?? "\(first)"
            parts.warnings.append(
                "tokenizer_config.json has add_bos_token false, and the post_processor of \(file.path) puts "
                    + "'\(text)' before a text, which counts")
        }
    }

    private typealias Template = (leading: [Int], trailing: [Int])

    /// The tokens around a text.
    private func template(
        _ processor: JSON?, _ parts: TokenizerParts
    ) throws(QwenError) -> Template {
        switch processor?["type"]?.string {
        case nil, "ByteLevel": return ([], [])
        case "Sequence":
            var whole: Template = ([], [])
            for processor in processor?["processors"]?.array ?? [] {
                let outer = try template(processor, parts)
                whole = (outer.leading + whole.leading, whole.trailing + outer.trailing)
            }
            return whole
        case "TemplateProcessing":
            let pieces = processor?["single"]?.array ?? []
            let texts = pieces.indices.filter { pieces[$0]["Sequence"] != nil }
            guard let text = texts.first, texts.count == 1 else {
                throw file.unsupported(
                    "the template of its post_processor has \(texts.count) places for a text; with one "
                        + "it is read")
            }
            func tokens(_ pieces: ArraySlice<JSON>) throws(QwenError) -> [Int] {
                var tokens: [Int] = []
                for piece in pieces {
                    tokens += try self.tokens(of: piece, processor?["special_tokens"], parts)
                }
                return tokens
            }
            return (try tokens(pieces[..<text]), try tokens(pieces[(text + 1)...]))
        case let kind?:
            throw file.unsupported(
                "its post_processor is '\(kind)'; ByteLevel and TemplateProcessing are read")
        }
    }

    /// The tokens that a special piece of a template stands for: `ids` of its entry, or the added token
    /// of that text.
    private func tokens(
        of piece: JSON, _ entries: JSON?, _ parts: TokenizerParts
    ) throws(QwenError) -> [Int] {
        guard let text = piece["SpecialToken"]?["id"]?.string else {
            throw file.unsupported(
                "the template of its post_processor has a piece of an unknown kind")
        }
        let ids = entries?[text]?["ids"]?.array?.compactMap(\.integer) ?? [parts.id(text) ?? -1]
        guard ids.allSatisfy({ parts.vocabulary.bytes(of: $0) != nil }) else {
            throw file.unusable(
                "its template has the token '\(text)', which is not in the vocabulary; correct its "
                    + "post_processor")
        }
        return ids
    }
}
