/// A text in a template: characters, each of which knows who wrote it.
///
/// Python counts, cuts and compares texts by Unicode scalars, and so does this. Beside its scalar a
/// character carries its origin through everything that is done to it: a message that was
/// trimmed, cut, joined or written as JSON still tells which characters are the user's. What is
/// made into tokens afterwards takes special tokens from the template's characters alone. Origins
/// change no result: texts are equal, found and ordered by their scalars.
struct TemplateText: Sendable {
    /// Who wrote a character.
    enum Origin: UInt32, Sendable {
        /// The template, or the model's files.
        case template
        /// The user.
        case given
        /// The model, in an earlier answer.
        case answered
    }

    /// The scalar in the lower 21 bits, the origin above.
    var units: [UInt32]
    /// Whether it is Jinja's markup (`safe`): what is added to it is escaped.
    var isMarkup = false

    private static let scalarBits: UInt32 = 21
    private static let scalarMask: UInt32 = 1 << scalarBits - 1

    init(units: some Sequence<UInt32>, isMarkup: Bool = false) {
        self.units = Array(units)
        self.isMarkup = isMarkup
    }

    init(_ text: String, origin: Origin = .template) {
        let mark = origin.rawValue << Self.scalarBits
        units = text.unicodeScalars.map { $0.value | mark }
    }

    var count: Int { units.count }
    var isEmpty: Bool { units.isEmpty }

    /// Without the origins.
    var string: String { Self.string(units) }

    static func string(_ units: some Sequence<UInt32>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: units.lazy.map(scalar))
        return String(text)
    }

    static func value(_ unit: UInt32) -> UInt32 { unit & scalarMask }

    static func scalar(_ unit: UInt32) -> Unicode.Scalar {
        Unicode.Scalar(unit & scalarMask) ?? "\u{fffd}"
    }

    static func origin(_ unit: UInt32) -> Origin {
        Origin(rawValue: unit >> scalarBits) ?? .given
    }

    /// A text with the origin of the character it stands for.
    static func units(_ text: String, like unit: UInt32) -> [UInt32] {
        let mark = unit & ~scalarMask
        return text.unicodeScalars.map { $0.value | mark }
    }

    /// What Python takes for white space.
    static func isSpace(_ unit: UInt32) -> Bool {
        let scalar = scalar(unit)
        return scalar.properties.isWhitespace || 0x1c...0x1f ~= scalar.value
    }
}

extension TemplateText: Equatable {
    static func == (first: TemplateText, second: TemplateText) -> Bool {
        first.units.elementsEqual(second.units) { value($0) == value($1) }
    }

    func precedes(_ other: TemplateText) -> Bool {
        units.lexicographicallyPrecedes(other.units) { Self.value($0) < Self.value($1) }
    }
}

extension TemplateText {
    /// Where another text stands in this one, from the left, without overlaps.
    ///
    /// Source: Knuth, Morris and Pratt: time in proportion to both lengths, whatever they hold.
    ///
    /// - Parameter needle: not empty.
    func places(of needle: TemplateText, most: Int = .max) -> [Int] {
        let wanted = needle.units.map(Self.value)
        var fallback = [0]
        fallback.reserveCapacity(wanted.count)
        var matched = 0
        for unit in wanted.dropFirst() {
            while matched > 0, unit != wanted[matched] { matched = fallback[matched - 1] }
            if unit == wanted[matched] { matched += 1 }
            fallback.append(matched)
        }
        var places: [Int] = []
        matched = 0
        for (index, unit) in units.enumerated() {
            guard places.count < most else { break }
            let unit = Self.value(unit)
            while matched > 0, unit != wanted[matched] { matched = fallback[matched - 1] }
            if unit == wanted[matched] { matched += 1 }
            guard matched == wanted.count else { continue }
            places.append(index + 1 - wanted.count)
            matched = 0
        }
        return places
    }

    func contains(_ needle: TemplateText) -> Bool {
        needle.isEmpty || !places(of: needle, most: 1).isEmpty
    }

    func hasPrefix(_ prefix: TemplateText) -> Bool {
        count >= prefix.count && TemplateText(units: units.prefix(prefix.count)) == prefix
    }

    func hasSuffix(_ suffix: TemplateText) -> Bool {
        count >= suffix.count && TemplateText(units: units.suffix(suffix.count)) == suffix
    }
}
