/// A piece of what a user wrote for an option, and where in it.
struct OptionText {
    /// All that was written.
    private let whole: String
    private let part: WorkloadError.Part
    let text: Substring

    /// What was written, without blanks around it.
    ///
    /// - Throws: `WorkloadError.empty`.
    init(_ whole: String, of part: WorkloadError.Part) throws(WorkloadError) {
        var text = whole[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        guard !text.isEmpty else { throw .empty(part) }
        self.init(whole: whole, part: part, text: text)
    }

    private init(whole: String, part: WorkloadError.Part, text: Substring) {
        self.whole = whole
        self.part = part
        self.text = text
    }

    /// Where it begins, counted from 1.
    private var position: Int { whole.distance(from: whole.startIndex, to: text.startIndex) + 1 }

    /// What is before the first such character and what is behind it; nil where there is none.
    func split(at separator: Character) -> (before: OptionText, behind: OptionText?) {
        guard let index = text.firstIndex(of: separator) else { return (self, nil) }
        return (
            OptionText(whole: whole, part: part, text: text[..<index]),
            OptionText(whole: whole, part: part, text: text[text.index(after: index)...])
        )
    }

    /// The path of a file behind an `@`; nil where there is no `@`.
    func path() throws(WorkloadError) -> String? {
        guard text.first == "@" else { return nil }
        guard text.count > 1 else { throw malformed }
        return String(text.dropFirst())
    }

    /// A whole number from 1 to ``Grid/largestValue``.
    func wholeNumber() throws(WorkloadError) -> Int {
        guard Self.areDigits(text) else { throw malformed }
        guard let number = Int(text), 1...Grid.largestValue ~= number else {
            throw outOfRange("a number from 1 to \(Grid.largestValue)")
        }
        return number
    }

    /// A number in a range, written without sign and exponent.
    func decimal(in range: ClosedRange<Double>) throws(WorkloadError) -> Double {
        guard let number = Self.decimal(text) else { throw malformed }
        guard range.contains(number) else {
            throw outOfRange(
                "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))")
        }
        return number
    }

    var malformed: WorkloadError {
        .malformed(part, item: String(text), text: whole, position: position)
    }

    var descending: WorkloadError {
        .descending(part, item: String(text), position: position)
    }

    private func outOfRange(_ allowed: String) -> WorkloadError {
        .outOfRange(part, item: String(text), position: position, allowed: allowed)
    }

    // MARK: - Numbers

    /// A number such as `4` or `0.25`, infinity of too many digits; nil for anything else.
    static func decimal(_ text: Substring) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // Double.init would also take signs, exponents, hexadecimal digits and nan.
        guard parts.count <= 2, parts.allSatisfy(areDigits) else { return nil }
        return Double(text)
    }

    /// The shortest text of a number from 0.0001 on that reads the same: whole ones have no fraction.
    static func text(_ number: Double) -> String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Whether a text is of the digits 0 to 9, of one at least.
    static func areDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }
}
