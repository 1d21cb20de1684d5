internal import JSON

/// A `tokenizer.json`, as the library Hugging Face tokenizers writes it: byte-level BPE.
struct TokenizerDocument {
    let file: ModelFile
    let json: JSON

    /// - Throws: `QwenError.invalidModelFile`.
    init(_ file: ModelFile) throws(QwenError) {
        self.file = file
        json = try file.json()
    }

    /// - Throws: `QwenError.invalidModelFile`, `.unusableValue`; `.unsupportedModel` for another
    ///   model, normaliser or pre-tokenizer, printing it.
    func parts(_ configuration: TokenizerConfiguration) throws(QwenError) -> TokenizerParts {
        guard let model = json["model"] else { throw file.invalid("it has no model") }
        try check(model)
        var texts = TokenTexts(file)
        try texts.add(vocabulary: model["vocab"])
        var own: [AddedToken] = []
        for token in json["added_tokens"]?.array ?? [] {
            own.append(try AddedToken(token, id: nil, in: file))
        }
        try texts.add(configuration, own: own)
        var parts = TokenizerParts(
            vocabulary: try texts.vocabulary(
                merges: merges(model["merges"]), of: file,
                takesWholePieces: FileValues(model, of: "its model", in: file).boolean(
                    "ignore_merges")
                    ?? false),
            splitter: try splitter(), isComposed: try isComposed(json["normalizer"]),
            added: texts.added)
        try parts.take(configuration)
        try takeTemplate(configuration, into: &parts)
        return parts
    }

    private func check(_ model: JSON) throws(QwenError) {
        let model = FileValues(model, of: "its model", in: file)
        let kind = try model.text("type") ?? "BPE"
        guard kind == "BPE" else {
            throw file.unsupported("its model is '\(kind)'; BPE is read")
        }
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = try model.text(name), !affix.isEmpty {
                throw file.unsupported("its model has the \(name) '\(affix)'")
            }
        }
        let dropout = try model.number("dropout", "from 0 to 1") { 0...1 ~= $0 } ?? 0
        guard try model.boolean("byte_fallback") != true, dropout == 0 else {
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

    /// Whether a text is brought into normal form C first.
    private func isComposed(_ normaliser: JSON?) throws(QwenError) -> Bool {
        guard let normaliser else { return false }
        let kind = normaliser["type"]?.string ?? ""
        switch kind {
        case "NFC": return true
        case "Sequence":
            var isComposed = false
            for part in normaliser["normalizers"]?.array ?? [] {
                isComposed = try self.isComposed(part) || isComposed
            }
            return isComposed
        default: throw file.unsupported("its normalizer is '\(kind)'; NFC or none is read")
        }
    }
}
