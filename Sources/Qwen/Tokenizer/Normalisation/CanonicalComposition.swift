/// Unicode's normal form C (Unicode Standard Annex 15), which Qwen's tokenizers bring text into.
///
/// Of our own, because Swift's is wrong in version 6.3 (`U+AC00 U+11A8` stays as it is), and so
/// that a text has the same tokens whatever Unicode version the system knows.
enum CanonicalComposition {
    /// The composed form of a text; nil where the text has it already.
    ///
    /// - Precondition: `text` is valid UTF-8.
    static func compose(_ text: Span<UInt8>) -> [UInt8]? {
        guard let first = firstUnsafe(in: text) else { return nil }
        // What is before the last safe character stays as it is.
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 16)
        for index in 0..<first { result.append(text[index]) }
        var segment: [UInt32] = []
        var position = first
        while position < text.count {
            let scalar = text.scalar(at: position)
            position += UTF8.width(scalar)
            if isSafe(scalar.value) {
                append(composed(segment), to: &result)
                segment.removeAll(keepingCapacity: true)
            }
            segment.append(scalar.value)
        }
        append(composed(segment), to: &result)
        return result
    }

    /// Where the safe character before the first unsafe one begins; nil where all are safe.
    private static func firstUnsafe(in text: Span<UInt8>) -> Int? {
        var last = 0
        var position = 0
        while position < text.count {
            let scalar = text.scalar(at: position)
            guard isSafe(scalar.value) else { return last }
            last = position
            position += UTF8.width(scalar)
        }
        return nil
    }

    /// Whether a character composes with none before it, does not reorder and stays itself.
    private static func isSafe(_ value: UInt32) -> Bool {
        switch value {
        // Below the combining marks; Han; Hangul syllables.
        case 0..<0x300, 0x4e00...0x9fff, 0xac00...0xd7a3: return true
        default:
            let word = Int(value / 64)
            return word >= unsafeBits.count || unsafeBits[word] & 1 << UInt64(value % 64) == 0
        }
    }

    private static func append(_ scalars: [UInt32], to result: inout [UInt8]) {
        for value in scalars {
            if value < 0x80 {
                result.append(UInt8(value))
            } else if let scalar = Unicode.Scalar(value) {
                result.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
    }

    // MARK: - One safe character and the unsafe ones behind it

    private static func composed(_ segment: [UInt32]) -> [UInt32] {
        guard segment.count > 1 || segment.contains(where: { !isSafe($0) }) else { return segment }
        var scalars: [UInt32] = []
        for value in segment { decompose(value, into: &scalars) }
        return recompose(ordered(scalars))
    }

    private static func decompose(_ value: UInt32, into result: inout [UInt32]) {
        if Hangul.syllables ~= value {
            result += Hangul.decompose(value)
        } else if let parts = mappings.decompositions[value] {
            for part in parts { decompose(part, into: &result) }
        } else {
            result.append(value)
        }
    }

    /// Runs of marks by their combining class; marks of one class keep their order.
    private static func ordered(_ scalars: [UInt32]) -> [UInt32] {
        let classes = scalars.map(combiningClass)
        var order = Array(scalars.indices)
        var start = 0
        while start < order.count {
            guard classes[start] != 0 else {
                start += 1
                continue
            }
            let end = classes[start...].firstIndex(of: 0) ?? order.count
            order[start..<end].sort { (classes[$0], $0) < (classes[$1], $1) }
            start = end
        }
        return order.map { scalars[$0] }
    }

    private static func recompose(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var starter: Int?
        var lastClass: UInt8 = 0
        for value in scalars {
            let combiningClass = combiningClass(value)
            if let starter {
                // Blocked by a mark of the same class in between, or by any behind it.
                let isNext = starter == result.count - 1
                if isNext || (lastClass < combiningClass && lastClass != 0),
                    let composite = composite(result[starter], value)
                {
                    result[starter] = composite
                    continue
                }
            }
            if combiningClass == 0 { starter = result.count }
            lastClass = combiningClass
            result.append(value)
        }
        return result
    }

    private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.compose(first, second) ?? mappings.composites[UInt64(first) << 32 | UInt64(second)]
    }

    private static func combiningClass(_ value: UInt32) -> UInt8 {
        guard let scalar = Unicode.Scalar(value) else { return 0 }
        return scalar.properties.canonicalCombiningClass.rawValue
    }

    // MARK: - Tables

    private struct Mappings {
        var decompositions: [UInt32: [UInt32]] = [:]
        /// By both parts.
        var composites: [UInt64: UInt32] = [:]
    }

    private static let mappings: Mappings = {
        var mappings = Mappings()
        let text = CanonicalMappings.text.withUTF8Buffer { Array($0) }
        for entry in text.split(separator: UInt8(ascii: " ")) {
            var numbers: [UInt32] = [0]
            var composes = false
            for byte in entry {
                if let digit = Character(Unicode.Scalar(byte)).hexDigitValue {
                    numbers[numbers.count - 1] = numbers[numbers.count - 1] << 4 + UInt32(digit)
                } else {
                    if byte == UInt8(ascii: "=") { composes = true }
                    numbers.append(0)
                }
            }
            mappings.decompositions[numbers[0]] = Array(numbers.dropFirst())
            if composes {
                mappings.composites[UInt64(numbers[1]) << 32 | UInt64(numbers[2])] = numbers[0]
            }
        }
        return mappings
    }()

    /// A bit for each character that is not safe.
    private static let unsafeBits: [UInt64] = {
        var bits = [UInt64](repeating: 0, count: 0x30000 / 64)
        func mark(_ value: UInt32) { bits[Int(value / 64)] |= 1 << UInt64(value % 64) }
        for value in UInt32(0x300)..<0x30000 where combiningClass(value) != 0 { mark(value) }
        for (value, parts) in mappings.decompositions {
            let isComposite =
                parts.count == 2
                && mappings.composites[UInt64(parts[0]) << 32 | UInt64(parts[1])] != nil
            if !isComposite { mark(value) }
        }
        for pair in mappings.composites.keys { mark(UInt32(truncatingIfNeeded: pair)) }
        for value in Hangul.vowels { mark(value) }
        for value in Hangul.finals { mark(value) }
        return bits
    }()
}

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
