/// A `tokenizer.json`, as the library Hugging Face tokenizers writes it: byte-level BPE.
struct TokenizerDocument {
    let file: TokenizerFile
    let json: JSON

    /// - Throws: `QwenError.invalidTokenizerFile`.
    init(_ file: TokenizerFile) throws(QwenError) {
        self.file = file
        json = try file.json()
    }

    /// - Throws: `QwenError.invalidTokenizerFile`; `.unsupportedTokenizer` for another model,
    ///   normaliser or pre-tokenizer, printing it.
    func parts(_ configuration: TokenizerConfiguration) throws(QwenError) -> TokenizerParts {
        guard let model = json["model"] else { throw file.invalid("it has no model") }
        try check(model)
        var texts = TokenTexts(file)
        try texts.add(vocabulary: model["vocab"])
        for token in json["added_tokens"]?.array ?? [] {
            try texts.add(AddedToken(token, id: nil, in: file))
        }
        var parts = TokenizerParts(
            vocabulary: try texts.vocabulary(
                merges: merges(model["merges"]), of: file,
                takesWholePieces: model["ignore_merges"]?.boolean ?? false),
            splitter: try splitter(), isComposed: try isComposed(), added: texts.added)
        parts.take(configuration)
        try takeTemplate(json["post_processor"], into: &parts)
        return parts
    }

    private func check(_ model: JSON) throws(QwenError) {
        let kind = model["type"]?.string ?? "BPE"
        guard kind == "BPE" else {
            throw file.unsupported("its model is '\(kind)'; BPE is read")
        }
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = model[name]?.string, !affix.isEmpty {
                throw file.unsupported("its model has the \(name) '\(affix)'")
            }
        }
        guard model["byte_fallback"]?.boolean != true, model["dropout"] == nil else {
            throw file.unsupported("its model has byte_fallback or dropout")
        }
        let decoder = json["decoder"]?["type"]?.string ?? "ByteLevel"
        guard decoder == "ByteLevel" else {
            throw file.unsupported("its decoder is '\(decoder)'; ByteLevel is read")
        }
    }

    private func merges(_ json: JSON?) throws(QwenError) -> [MergeText] {
        guard let array = json?.array else { throw file.invalid("its model has no merges") }
        var merges: [MergeText] = []
        merges.reserveCapacity(array.count)
        for (rank, merge) in array.enumerated() {
            switch merge {
            case .string(let text):
                merges.append(MergeText(ArraySlice(text.utf8)))
            case .array(let pair) where pair.count == 2:
                guard let left = pair[0].string, let right = pair[1].string else { fallthrough }
                merges.append(MergeText(left: left, right: right))
            default:
                throw file.invalid("the merge \(rank) is not two tokens")
            }
        }
        return merges
    }

    private func isComposed() throws(QwenError) -> Bool {
        guard let normaliser = json["normalizer"] else { return false }
        let kind = normaliser["type"]?.string ?? ""
        if kind == "NFC" { return true }
        if kind == "Sequence", let parts = normaliser["normalizers"]?.array, parts.isEmpty {
            return false
        }
        throw file.unsupported("its normalizer is '\(kind)'; NFC or none is read")
    }

    /// A template that begins with a token: every prompt does.
    private func takeTemplate(
        _ processor: JSON?, into parts: inout TokenizerParts
    ) throws(QwenError) {
        switch processor?["type"]?.string {
        case nil, "ByteLevel": return
        case "Sequence":
            for part in processor?["processors"]?.array ?? [] {
                try takeTemplate(part, into: &parts)
            }
        case "TemplateProcessing":
            let pieces = processor?["single"]?.array ?? []
            let texts = pieces.map { $0["SpecialToken"]?["id"]?.string }
            guard let sequence = pieces.firstIndex(where: { $0["Sequence"] != nil }),
                sequence <= 1, sequence == pieces.count - 1
            else {
                throw file.unsupported("its template puts more than one token before a text")
            }
            guard sequence == 1, let text = texts[0] else { return }
            guard let token = parts.added.first(where: { $0.text == text }) else {
                throw file.invalid("its template begins with the unknown token '\(text)'")
            }
            parts.beginToken = token.id
            parts.addsBeginToken = true
        case let kind?:
            throw file.unsupported("its post_processor is '\(kind)'")
        }
    }
}
