/// Cuts text into the pieces that merges never cross, as the model's split pattern does.
///
/// Written out by hand: the patterns need a true negative look-ahead (`\s+(?!\S)`), which leaves
/// the last blank before a word to that word.
enum Splitter: Sendable {
    /// Qwen and Qwen2:
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|`
    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    case qwen2
    /// SmolLM: digits alone, and what is between them by GPT-2's pattern
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
    case smollm

    /// The pieces in order; together they are the text.
    func split(_ text: Substring.UnicodeScalarView) -> [Substring.UnicodeScalarView] {
        var pieces: [Substring.UnicodeScalarView] = []
        var scan = Scan(text)
        while !scan.isAtEnd {
            let start = scan.position
            switch self {
            case .qwen2: scan.passQwen2Piece()
            case .smollm: scan.passSmolLMPiece()
            }
            pieces.append(scan.scalars(from: start))
        }
        return pieces
    }
}

/// A position in classified text.
private struct Scan {
    private let text: Substring.UnicodeScalarView
    private let indices: [Substring.UnicodeScalarView.Index]
    private let classes: [CharacterClass]
    private(set) var position = 0

    init(_ text: Substring.UnicodeScalarView) {
        self.text = text
        indices = Array(text.indices) + [text.endIndex]
        classes = text.map(CharacterClass.init)
    }

    var isAtEnd: Bool { position == classes.count }

    func scalars(from start: Int) -> Substring.UnicodeScalarView {
        text[indices[start]..<indices[position]]
    }

    private func classAt(_ offset: Int) -> CharacterClass? {
        let index = position + offset
        return index < classes.count ? classes[index] : nil
    }

    private func scalar(_ offset: Int) -> Unicode.Scalar? {
        let index = position + offset
        return index < classes.count ? text[indices[index]] : nil
    }

    private mutating func pass(while matches: (CharacterClass) -> Bool) {
        while let next = classAt(0), matches(next) { position += 1 }
    }

    mutating func passQwen2Piece() {
        guard let first = classAt(0) else { return }
        if let length = contraction(ignoringCase: true) {
            position += length
        } else if first == .letter {
            pass { $0 == .letter }
        } else if first != .newline, first != .number, classAt(1) == .letter {
            position += 1
            pass { $0 == .letter }
        } else if first == .number {
            position += 1
        } else if first == .other || (scalar(0) == " " && classAt(1) == .other) {
            position += 1
            pass { $0 == .other }
            pass { $0 == .newline }
        } else {
            passSpace(endsAtNewline: true)
        }
    }

    mutating func passSmolLMPiece() {
        guard let first = classAt(0) else { return }
        if first == .number {
            position += 1
        } else if let length = contraction(ignoringCase: false) {
            position += length
        } else if let body = smolLMBody(first) {
            position += 1
            pass { $0 == body }
        } else {
            passSpace(endsAtNewline: false)
        }
    }

    /// Letters or other characters, perhaps after one space; what they are.
    private func smolLMBody(_ first: CharacterClass) -> CharacterClass? {
        if first == .letter || first == .other { return first }
        guard scalar(0) == " ", let next = classAt(1), next == .letter || next == .other else {
            return nil
        }
        return next
    }

    /// White space: up to the last end of line (`\s*[\r\n]+`), or all of it, but for the last
    /// character where a word follows (`\s+(?!\S)`), or that one alone (`\s+`).
    ///
    /// In SmolLM's scheme digits were cut out before, so that a digit ends the text there.
    private mutating func passSpace(endsAtNewline: Bool) {
        var end = position
        var lastNewline: Int?
        while end < classes.count, classes[end].isSpace {
            if classes[end] == .newline { lastNewline = end }
            end += 1
        }
        if endsAtNewline, let lastNewline {
            position = lastNewline + 1
            return
        }
        let isFollowed = end < classes.count && (endsAtNewline || classes[end] != .number)
        position = isFollowed && end - position > 1 ? end - 1 : end
    }

    /// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` here, or nil.
    private func contraction(ignoringCase: Bool) -> Int? {
        guard scalar(0) == "'", let first = lowercase(1, ignoringCase) else { return nil }
        switch first {
        case "s", "t", "m", "d":
            return 2
        case "r", "v":
            return lowercase(2, ignoringCase) == "e" ? 3 : nil
        case "l":
            return lowercase(2, ignoringCase) == "l" ? 3 : nil
        default:
            return nil
        }
    }

    private func lowercase(_ offset: Int, _ ignoringCase: Bool) -> Unicode.Scalar? {
        guard let scalar = scalar(offset) else { return nil }
        guard ignoringCase else { return scalar }
        // Case folding takes the long s for an s.
        if scalar == "\u{17f}" { return "s" }
        return "A"..."Z" ~= scalar ? Unicode.Scalar(scalar.value + 32) : scalar
    }
}
