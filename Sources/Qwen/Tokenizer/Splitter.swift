/// Cuts text into the pieces that merges never cross, as the model's split pattern does.
///
/// Written out by hand: the patterns need a true negative look-ahead (`\s+(?!\S)`), which leaves
/// the last blank before a word to that word. `\s` is Unicode's White_Space and `(?i:'s)` takes
/// the long s too, as in the regular expressions of tiktoken and Hugging Face tokenizers.
enum Splitter: Sendable {
    /// Qwen, Qwen1.5 and Qwen2, with single digits:
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|`
    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
    case qwen2
    /// Llama 3: the same with up to three digits, as in tiktoken's cl100k_base.
    case llama3
    /// GPT-2: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
    case gpt2
    /// SmolLM: digits alone, and what is between them by GPT-2's pattern.
    case smollm
    /// llama.cpp's own for files that name none: see `llamaCppEnd`.
    case llamaCpp

    /// Whether the tokenizers with this pattern bring a text into Unicode's normal form C first, which
    /// GGUF files do not say: Qwen's own do.
    var goesWithComposedText: Bool { self == .qwen2 }

    /// Where the piece ends that begins at `start`.
    ///
    /// - Precondition: `text` is valid UTF-8, and a character begins at `start`.
    func end(ofPieceAt start: Int, in text: Span<UInt8>) -> Int {
        guard let first = TextCharacter(at: start, in: text) else { return start }
        return switch self {
        case .qwen2: qwenEnd(from: first, at: start, in: text, digits: 1)
        case .llama3: qwenEnd(from: first, at: start, in: text, digits: 3)
        case .gpt2: gpt2End(from: first, at: start, in: text, hasSingleDigits: false)
        case .smollm: gpt2End(from: first, at: start, in: text, hasSingleDigits: true)
        case .llamaCpp: llamaCppEnd(from: first, at: start, in: text)
        }
    }

    /// Qwen's pattern with `\p{N}{1,digits}` in place of `\p{N}`.
    private func qwenEnd(
        from first: TextCharacter, at start: Int, in text: Span<UInt8>, digits: Int
    ) -> Int {
        if let end = contractionEnd(from: first, in: text, ignoringCase: true) { return end }
        switch first.kind {
        case .letter:
            return end(of: .letter, from: first.end, in: text)
        case .number:
            return end(of: .number, from: first.end, in: text, limit: digits - 1)
        case .newline:
            return spaceEnd(from: start, in: text, endsAtNewline: true)
        case .blank, .other:
            let second = TextCharacter(at: first.end, in: text)
            if second?.kind == .letter { return end(of: .letter, from: first.end, in: text) }
            guard first.kind == .other || (first.scalar == " " && second?.kind == .other) else {
                return spaceEnd(from: start, in: text, endsAtNewline: true)
            }
            let others = end(of: .other, from: first.end, in: text)
            return end(of: .newline, from: others, in: text)
        }
    }

    private func gpt2End(
        from first: TextCharacter, at start: Int, in text: Span<UInt8>, hasSingleDigits: Bool
    ) -> Int {
        if let end = contractionEnd(from: first, in: text, ignoringCase: false) { return end }
        if hasSingleDigits, first.kind == .number { return first.end }
        if !first.kind.isSpace { return end(of: first.kind, from: first.end, in: text) }
        if first.scalar == " ", let second = TextCharacter(at: first.end, in: text),
            !second.kind.isSpace, !(hasSingleDigits && second.kind == .number)
        {
            return end(of: second.kind, from: second.end, in: text)
        }
        return spaceEnd(
            from: start, in: text, endsAtNewline: false, numbersAreApart: hasSingleDigits)
    }

    /// Where a run of one class ends.
    func end(
        of kind: CharacterClass, from start: Int, in text: Span<UInt8>, limit: Int = .max
    ) -> Int {
        var position = start
        var count = 0
        while count < limit, let next = TextCharacter(at: position, in: text), next.kind == kind {
            position = next.end
            count += 1
        }
        return position
    }

    /// White space: up to the last end of line (`\s*[\r\n]+`), or all of it, but for the last
    /// character where a word follows (`\s+(?!\S)`), or that one alone (`\s+`).
    ///
    /// - Parameter numbersAreApart: whether digits were cut out before, so that one ends the text.
    private func spaceEnd(
        from start: Int, in text: Span<UInt8>, endsAtNewline: Bool, numbersAreApart: Bool = false
    ) -> Int {
        var position = start
        var last = start
        var newlineEnd: Int?
        while let next = TextCharacter(at: position, in: text) {
            guard next.kind.isSpace else {
                if let newlineEnd { return newlineEnd }
                let isFollowed = !(numbersAreApart && next.kind == .number)
                return isFollowed && last > start ? last : position
            }
            if endsAtNewline, next.kind == .newline { newlineEnd = next.end }
            last = position
            position = next.end
        }
        return newlineEnd ?? position
    }

    /// Where `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` ends that begins here, or nil.
    private func contractionEnd(
        from first: TextCharacter, in text: Span<UInt8>, ignoringCase: Bool
    ) -> Int? {
        guard first.scalar == "'", first.end < text.count else { return nil }
        func letter(at offset: Int) -> Unicode.Scalar? {
            guard offset < text.count else { return nil }
            let scalar = text.scalar(at: offset)
            guard ignoringCase else { return scalar }
            if scalar == "\u{17f}" { return "s" }
            return "A"..."Z" ~= scalar ? Unicode.Scalar(scalar.value + 32) : scalar
        }
        let wanted: Unicode.Scalar
        switch letter(at: first.end) {
        case "s": return first.end + UTF8.width(text.scalar(at: first.end))
        case "t", "m", "d": return first.end + 1
        case "r", "v": wanted = "e"
        case "l": wanted = "l"
        default: return nil
        }
        return letter(at: first.end + 1) == wanted ? first.end + 2 : nil
    }
}
