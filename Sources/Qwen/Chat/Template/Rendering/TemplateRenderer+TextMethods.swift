/// Python's methods of texts.
extension TemplateRenderer {
    func call(
        _ name: String, of text: TemplateText, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        guard !text.isMarkup else { throw unsupported("the method \(name) of a safe text") }
        try spend(text.count)
        switch name {
        case "strip", "lstrip", "rstrip":
            let set = try characters(bind(values, [""], name)[0], name)
            return .text(
                Self.stripped(text, of: set, start: name != "rstrip", end: name != "lstrip"))
        case "split", "rsplit":
            let given = try bind(values, ["sep", "maxsplit"], name)
            let most = try given[1].map { (most) throws(TemplateError) in try whole(most, name) }
            return .list(
                try list(
                    split(text, given[0], most: most ?? -1, isFromEnd: name == "rsplit")
                        .map { .text($0) }))
        case "splitlines":
            let keeps = try bind(values, ["keepends"], name)[0]?.isTrue ?? false
            return .list(try list(Self.lines(text, keepsEnds: keeps).map { .text($0) }))
        case "startswith", "endswith":
            guard values.positional.count == 1 else {
                throw unsupported("\(name) with \(values.positional.count) arguments")
            }
            let part = try bind(values, [""], name)[0]
            return .boolean(try has(text, part, isPrefix: name == "startswith"))
        case "removeprefix", "removesuffix":
            let part = try self.text(bind(values, [""], needed: 1, name)[0], name)
            if name == "removeprefix" {
                return .text(
                    TemplateText(
                        units: text.units.dropFirst(text.hasPrefix(part) ? part.count : 0)))
            }
            return .text(
                TemplateText(units: text.units.dropLast(text.hasSuffix(part) ? part.count : 0)))
        case "replace":
            let given = try bind(values, ["", "", "count"], needed: 2, name)
            let most = try given[2].map { (most) throws(TemplateError) in try whole(most, name) }
            return .text(
                try replacing(
                    self.text(given[0], name), with: self.text(given[1], name), in: text,
                    most: most ?? -1))
        case "join":
            let parts = try elements(of: bind(values, [""], needed: 1, name)[0] ?? .none)
            var texts: [TemplateText] = []
            for part in parts { texts.append(try self.text(part, name)) }
            return .text(try joined(texts, by: text))
        case "find", "rfind", "index", "count": return try search(name, text, values)
        default:
            _ = try bind(values, [], name)
            return Self.property(name, text)
        }
    }

    /// Methods without arguments.
    private static func property(_ name: String, _ text: TemplateText) -> TemplateValue {
        let scalars = text.units.map(TemplateText.scalar)
        func all(_ holds: (Unicode.Scalar) -> Bool) -> TemplateValue {
            .boolean(!scalars.isEmpty && scalars.allSatisfy(holds))
        }
        func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter:
                true
            default: false
            }
        }
        /// Whether there are letters of this case, and none of another one.
        func isCased(_ has: (Unicode.Scalar.Properties) -> Bool) -> TemplateValue {
            let cased = scalars.map(\.properties).filter {
                $0.isUppercase || $0.isLowercase || $0.generalCategory == .titlecaseLetter
            }
            return .boolean(!cased.isEmpty && cased.allSatisfy(has))
        }
        switch name {
        case "upper": return .text(text.uppercased)
        case "lower": return .text(text.lowercased)
        case "title": return .text(text.titled)
        case "capitalize": return .text(text.capitalized)
        case "isspace": return all { TemplateText.isSpace($0.value) }
        case "isalpha": return all(isLetter)
        case "isdigit":
            return all {
                $0.properties.numericType == .decimal || $0.properties.numericType == .digit
            }
        case "isalnum": return all { isLetter($0) || $0.properties.numericType != nil }
        case "isupper": return isCased(\.isUppercase)
        default: return isCased(\.isLowercase)
        }
    }

    private func search(
        _ name: String, _ text: TemplateText, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        guard values.positional.count == 1 else {
            throw unsupported("\(name) with \(values.positional.count) arguments")
        }
        let part = try self.text(bind(values, [""], needed: 1, name)[0], name)
        guard !part.isEmpty else { throw unsupported("\(name) of an empty text") }
        try spend(part.count)
        switch name {
        case "count": return .integer(text.places(of: part).count)
        case "rfind":
            // From the end, so that overlaps count.
            let place = TemplateText(units: text.units.reversed())
                .places(of: TemplateText(units: part.units.reversed()), most: 1).first
            return .integer(place.map { text.count - $0 - part.count } ?? -1)
        default:
            let place = text.places(of: part, most: 1).first
            guard place != nil || name == "find" else {
                throw failure("index finds no such text")
            }
            return .integer(place ?? -1)
        }
    }

    /// The characters that a text is stripped of; nil for white space.
    func characters(
        _ value: TemplateValue?, _ what: String
    ) throws(TemplateError) -> Set<UInt32>? {
        switch value {
        case nil, .none?: nil
        case let value?: Set(try text(value, what).units.map(TemplateText.value))
        }
    }

    static func stripped(
        _ text: TemplateText, of set: Set<UInt32>?, start: Bool = true, end: Bool = true
    ) -> TemplateText {
        func goes(_ unit: UInt32) -> Bool {
            set?.contains(TemplateText.value(unit)) ?? TemplateText.isSpace(unit)
        }
        var units = text.units[...]
        if start { units = units.drop(while: goes) }
        if end { while let last = units.last, goes(last) { units.removeLast() } }
        return TemplateText(units: units)
    }

    private func has(
        _ text: TemplateText, _ value: TemplateValue?, isPrefix: Bool
    ) throws(TemplateError) -> Bool {
        if case .tuple(let list)? = value {
            for element in list.elements {
                if try has(text, element, isPrefix: isPrefix) { return true }
            }
            return false
        }
        let part = try self.text(value, isPrefix ? "startswith" : "endswith")
        return isPrefix ? text.hasPrefix(part) : text.hasSuffix(part)
    }

    func joined(
        _ texts: [TemplateText], by separator: TemplateText
    ) throws(TemplateError) -> TemplateText {
        var units: [UInt32] = []
        for (index, text) in texts.enumerated() {
            if index > 0 { units += separator.units }
            units += text.units
            try spend(separator.count + text.count)
            try checkSize(units.count)
        }
        return TemplateText(units: units)
    }

    /// - Parameter most: of replacements, from the left; negative for all.
    func replacing(
        _ part: TemplateText, with other: TemplateText, in text: TemplateText, most: Int
    ) throws(TemplateError) -> TemplateText {
        let most = most < 0 ? Int.max : most
        try spend(text.count + part.count)
        let places =
            part.isEmpty
            ? Array((0...text.count).prefix(most)) : text.places(of: part, most: most)
        try spend(places.count)
        let (added, overflow) = places.count.multipliedReportingOverflow(by: other.count)
        try spend(overflow ? .max : min(added, .max - text.count) + text.count)
        var units: [UInt32] = []
        var start = 0
        for place in places {
            units += text.units[start..<place]
            units += other.units
            start = place + part.count
        }
        return TemplateText(units: units + text.units[start...])
    }
}

// MARK: - Splitting

extension TemplateRenderer {
    /// - Parameter most: of cuts; negative for all.
    private func split(
        _ text: TemplateText, _ separator: TemplateValue?, most: Int, isFromEnd: Bool
    ) throws(TemplateError) -> [TemplateText] {
        let most = most < 0 ? Int.max : most
        guard isFromEnd else {
            switch separator {
            case nil, .none?: return Self.words(text, most: most)
            case let separator?:
                return try parts(text, self.text(separator, "split"), most: most)
            }
        }
        // From the end it is the same of all that is turned round.
        func turned(_ text: TemplateText) -> TemplateText {
            TemplateText(units: text.units.reversed())
        }
        var reversed = separator
        if case .text(let text)? = separator { reversed = .text(turned(text)) }
        return try split(turned(text), reversed, most: most, isFromEnd: false)
            .reversed().map(turned)
    }

    private func parts(
        _ text: TemplateText, _ separator: TemplateText, most: Int
    ) throws(TemplateError) -> [TemplateText] {
        guard !separator.isEmpty else { throw failure("a text is split at an empty one") }
        try spend(separator.count)
        var parts: [TemplateText] = []
        var start = 0
        for place in text.places(of: separator, most: most) {
            parts.append(TemplateText(units: text.units[start..<place]))
            start = place + separator.count
        }
        return parts + [TemplateText(units: text.units[start...])]
    }

    private static func words(_ text: TemplateText, most: Int) -> [TemplateText] {
        var words: [TemplateText] = []
        var rest = text.units.drop(while: TemplateText.isSpace)
        while !rest.isEmpty {
            guard words.count < most else {
                return words + [TemplateText(units: rest)]
            }
            let end = rest.firstIndex(where: TemplateText.isSpace) ?? rest.endIndex
            words.append(TemplateText(units: rest[..<end]))
            rest = rest[end...].drop(while: TemplateText.isSpace)
        }
        return words
    }

    static func lines(_ text: TemplateText, keepsEnds: Bool = false) -> [TemplateText] {
        var lines: [TemplateText] = []
        var start = 0
        var index = 0
        while index < text.count {
            let value = TemplateText.value(text.units[index])
            var end = index
            index += 1
            switch value {
            case 0x0d:
                if index < text.count, TemplateText.value(text.units[index]) == 0x0a { index += 1 }
            case 0x0a...0x0c, 0x1c...0x1e, 0x85, 0x2028, 0x2029: break
            default: continue
            }
            if keepsEnds { end = index }
            lines.append(TemplateText(units: text.units[start..<end]))
            start = index
        }
        if start < text.count { lines.append(TemplateText(units: text.units[start...])) }
        return lines
    }
}
