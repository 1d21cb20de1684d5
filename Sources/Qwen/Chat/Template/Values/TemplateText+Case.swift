/// Upper and lower case as Python's `str` has them; every character keeps its origin.
extension TemplateText {
    var uppercased: TemplateText {
        TemplateText(
            units: units.flatMap {
                "a"..."z" ~= Self.scalar($0)
                    ? [$0 - 0x20]
                    : Self.units(Self.scalar($0).properties.uppercaseMapping, like: $0)
            })
    }

    var lowercased: TemplateText {
        TemplateText(units: units.indices.flatMap(lower))
    }

    /// Every word begins with an upper-case letter; a word is letters in a row.
    var titled: TemplateText {
        var result: [UInt32] = []
        var isWithinWord = false
        for (index, unit) in units.enumerated() {
            let properties = Self.scalar(unit).properties
            result +=
                isWithinWord ? lower(index) : Self.units(properties.titlecaseMapping, like: unit)
            isWithinWord = properties.isCased
        }
        return TemplateText(units: result)
    }

    /// The first character in upper case, all others in lower case.
    var capitalized: TemplateText {
        guard let first = units.first else { return self }
        return TemplateText(
            units: Self.units(Self.scalar(first).properties.titlecaseMapping, like: first)
                + units.indices.dropFirst().flatMap(lower))
    }

    private func lower(_ index: Int) -> [UInt32] {
        let scalar = Self.scalar(units[index])
        // Most letters, without a detour.
        if scalar.isASCII { return [units[index] + ("A"..."Z" ~= scalar ? 0x20 : 0)] }
        let text =
            scalar == "\u{3a3}"
            ? (isFinalSigma(index) ? "\u{3c2}" : "\u{3c3}") : scalar.properties.lowercaseMapping
        return Self.units(text, like: units[index])
    }

    /// Whether a capital sigma ends a word (Unicode's condition Final_Sigma).
    private func isFinalSigma(_ index: Int) -> Bool {
        func isCased(_ units: some Sequence<UInt32>) -> Bool {
            units.lazy.map { Self.scalar($0).properties }.first { !$0.isCaseIgnorable }?.isCased
                ?? false
        }
        return isCased(units[..<index].reversed()) && !isCased(units[(index + 1)...])
    }
}
