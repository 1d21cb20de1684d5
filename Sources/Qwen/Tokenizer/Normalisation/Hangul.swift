/// Hangul syllables and their letters, by arithmetic (the Unicode Standard, section 3.12).
enum Hangul {
    static let syllables: ClosedRange<UInt32> = 0xac00...0xd7a3
    static let vowels: ClosedRange<UInt32> = 0x1161...0x1175
    static let finals: ClosedRange<UInt32> = 0x11a8...0x11c2

    private static let initials: ClosedRange<UInt32> = 0x1100...0x1112
    /// Syllables of one initial and vowel: without a final, and with each.
    private static let finalCount: UInt32 = 28
    private static let vowelCount: UInt32 = 21

    static func decompose(_ syllable: UInt32) -> [UInt32] {
        let index = syllable - syllables.lowerBound
        let letters = [
            initials.lowerBound + index / (vowelCount * finalCount),
            vowels.lowerBound + index / finalCount % vowelCount,
        ]
        let final = index % finalCount
        return final == 0 ? letters : letters + [finals.lowerBound + final - 1]
    }

    /// An initial with its vowel, or both with their final; nil for other characters.
    static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if initials ~= first, vowels ~= second {
            let index = (first - initials.lowerBound) * vowelCount + second - vowels.lowerBound
            return syllables.lowerBound + index * finalCount
        }
        guard syllables ~= first, (first - syllables.lowerBound) % finalCount == 0,
            finals ~= second
        else { return nil }
        return first + second - finals.lowerBound + 1
    }
}
