/// A piece of a template.
struct TemplateToken {
    enum Kind: Equatable {
        /// What stands outside of tags.
        case data(TemplateText)
        /// `{{`
        case outputStart
        /// `}}`
        case outputEnd
        /// `{%`
        case blockStart
        /// `%}`
        case blockEnd
        case name(String)
        case string(TemplateText)
        case integer(Int)
        case number(Double)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// Counted from 1.
    let line: Int
}

/// Cuts a template into tokens, as Jinja does with `trim_blocks` and `lstrip_blocks`.
///
/// `-` inside a tag takes all white space beside it; the line end behind a block or comment goes,
/// and so do the blanks before one that begins its line; `+` keeps both. Line ends are `\n`, and one
/// at the very end is left out.
struct TemplateLexer {
    /// Far more than any template has.
    private static let mostScalars = 1 << 20
    /// Longest first.
    private static let symbols = [
        "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ":",
        "|", ",", ";", "(", ")", "[", "]", "{", "}",
    ].map { (text: $0, units: $0.unicodeScalars.map(\.value)) }

    private let source: [UInt32]
    private var offset = 0
    private var line = 1
    private var tokens: [TemplateToken] = []
    /// Whether the last tag ended with a line end.
    private var startsLine = true

    /// - Throws: `TemplateError` of the kinds `syntax`, `unsupported` and `limit`.
    static func tokens(_ text: String) throws(TemplateError) -> [TemplateToken] {
        var lexer = TemplateLexer(text)
        guard lexer.source.count <= mostScalars else {
            throw lexer.failure("there are more than \(mostScalars) characters", .limit)
        }
        while lexer.offset < lexer.source.count { try lexer.takeData() }
        lexer.append(.end)
        return lexer.tokens
    }

    private init(_ text: String) {
        var units: [UInt32] = []
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            if !(isAfterReturn && scalar == "\n") {
                units.append(scalar == "\r" ? 0x0a : scalar.value)
            }
            isAfterReturn = scalar == "\r"
        }
        if units.last == 0x0a { units.removeLast() }
        source = units
    }

    private func failure(
        _ problem: String, _ kind: TemplateError.Kind = .syntax
    ) -> TemplateError {
        TemplateError(kind: kind, line: line, problem: problem)
    }

    private mutating func append(_ kind: TemplateToken.Kind) {
        tokens.append(TemplateToken(kind: kind, line: line))
    }

    private func unit(_ index: Int) -> Unicode.Scalar? {
        source.indices ~= index ? Unicode.Scalar(source[index]) : nil
    }

    private func isAt(_ text: String, _ index: Int) -> Bool {
        var index = index
        for scalar in text.unicodeScalars {
            guard unit(index) == scalar else { return false }
            index += 1
        }
        return true
    }

    /// Goes on to `end`, counting lines.
    private mutating func pass(to end: Int) {
        line += source[offset..<end].count { $0 == 0x0a }
        offset = end
    }

    private mutating func passSpace() {
        var end = offset
        while end < source.count, TemplateText.isSpace(source[end]) { end += 1 }
        pass(to: end)
    }
}

// MARK: - Tags

extension TemplateLexer {
    private mutating func takeData() throws(TemplateError) {
        var start = offset
        while start < source.count, !(unit(start) == "{" && isTag(unit(start + 1))) { start += 1 }
        guard start < source.count else {
            append(.data(TemplateText(units: source[offset...])))
            pass(to: start)
            return
        }
        let kind = unit(start + 1)
        let sign = unit(start + 2)
        let hasSign = sign == "-" || sign == "+"
        let data = source[offset..<start]
        let kept =
            switch sign {
            case "-": strippedEnd(data)
            case "+": data
            default: kind == "{" ? data : withoutIndent(data)
            }
        if !kept.isEmpty { append(.data(TemplateText(units: kept))) }
        pass(to: start + (hasSign ? 3 : 2))
        switch kind {
        case "#": try passComment()
        case "{": try takeTag(.outputStart, .outputEnd, "}}")
        default: try takeTag(.blockStart, .blockEnd, "%}")
        }
    }

    private func isTag(_ scalar: Unicode.Scalar?) -> Bool {
        scalar == "{" || scalar == "%" || scalar == "#"
    }

    private func strippedEnd(_ data: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        var data = data
        while let last = data.last, TemplateText.isSpace(last) { data.removeLast() }
        return data
    }

    private func withoutIndent(_ data: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        let lineStart = data.lastIndex(of: 0x0a).map { $0 + 1 }
        guard let start = lineStart ?? (startsLine ? data.startIndex : nil),
            data[start...].allSatisfy(TemplateText.isSpace)
        else { return data }
        return data[..<start]
    }

    private mutating func passComment() throws(TemplateError) {
        var end = offset
        while end < source.count, !isAt("#}", end) { end += 1 }
        guard end < source.count else { throw failure("a comment is not closed") }
        let sign = end > offset ? unit(end - 1) : nil
        pass(to: end + 2)
        passBehindTag(sign, trimsLineEnd: true)
    }

    /// Takes the white space behind a tag that its sign or `trim_blocks` asks for.
    private mutating func passBehindTag(_ sign: Unicode.Scalar?, trimsLineEnd: Bool) {
        let start = offset
        if sign == "-" {
            passSpace()
        } else if sign != "+", trimsLineEnd, unit(offset) == "\n" {
            pass(to: offset + 1)
        }
        startsLine = offset > start && source[offset - 1] == 0x0a
    }

    private mutating func takeTag(
        _ start: TemplateToken.Kind, _ end: TemplateToken.Kind, _ mark: String
    ) throws(TemplateError) {
        append(start)
        var open: [String] = []
        while true {
            if open.isEmpty, let sign = endSign(mark) {
                append(end)
                pass(to: offset + mark.utf8.count + (sign == nil ? 0 : 1))
                passBehindTag(sign, trimsLineEnd: end == .blockEnd)
                return
            }
            guard let next = unit(offset) else { throw failure("a tag is not closed") }
            if TemplateText.isSpace(next.value) {
                passSpace()
            } else if next == "'" || next == "\"" {
                try takeString(next)
            } else if 0x30...0x39 ~= next.value {
                try takeNumber()
            } else if isNamePart(next) {
                takeName()
            } else {
                try takeSymbol(&open)
            }
        }
    }

    /// Whether the tag ends here; with the sign before its mark.
    private func endSign(_ mark: String) -> Unicode.Scalar?? {
        if isAt(mark, offset) { return .some(nil) }
        guard let sign = unit(offset), sign == "-" || (sign == "+" && mark == "%}"),
            isAt(mark, offset + 1)
        else { return nil }
        return sign
    }
}

// MARK: - Within tags

extension TemplateLexer {
    private func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || (scalar.isASCII && scalar.properties.isAlphabetic)
            || 0x30...0x39 ~= scalar.value
    }

    private mutating func takeName() {
        let start = offset
        while let next = unit(offset), isNamePart(next) { offset += 1 }
        append(.name(TemplateText.string(source[start..<offset])))
    }

    private mutating func takeSymbol(_ open: inout [String]) throws(TemplateError) {
        guard
            let symbol = Self.symbols.first(where: { source[offset...].starts(with: $0.units) })
        else {
            let text = unit(offset).map { String(Character($0)) } ?? ""
            throw failure("'\(text)' belongs in no expression")
        }
        switch symbol.text {
        case "(": open.append(")")
        case "[": open.append("]")
        case "{": open.append("}")
        case ")", "]", "}":
            guard open.popLast() == symbol.text else {
                throw failure("'\(symbol.text)' closes nothing")
            }
        default: break
        }
        append(.symbol(symbol.text))
        offset += symbol.units.count
    }

    private func isDigit(_ index: Int) -> Bool {
        unit(index).map { 0x30...0x39 ~= $0.value } ?? false
    }

    private mutating func passDigits() {
        while isDigit(offset) || (unit(offset) == "_" && isDigit(offset + 1)) { offset += 1 }
    }

    private mutating func takeNumber() throws(TemplateError) {
        let start = offset
        var isWhole = true
        passDigits()
        if unit(offset) == ".", isDigit(offset + 1) {
            isWhole = false
            offset += 1
            passDigits()
        }
        if let letter = unit(offset), letter == "e" || letter == "E" {
            let hasSign = unit(offset + 1) == "+" || unit(offset + 1) == "-"
            if isDigit(offset + (hasSign ? 2 : 1)) {
                isWhole = false
                offset += hasSign ? 2 : 1
                passDigits()
            }
        }
        let text = TemplateText.string(source[start..<offset])
        let digits = String(text.filter { $0 != "_" })
        if let next = unit(offset), isNamePart(next) {
            throw failure("the number \(text) goes on with '\(next)'", .unsupported)
        }
        if isWhole {
            guard let integer = Int(digits), digits.first != "0" || integer == 0 else {
                throw failure("there is the number \(text.prefix(40))", .unsupported)
            }
            append(.integer(integer))
        } else {
            guard let number = Double(digits) else { throw failure("\(text) is no number") }
            append(.number(number))
        }
    }

    private mutating func takeString(_ quote: Unicode.Scalar) throws(TemplateError) {
        let first = line
        offset += 1
        var units: [UInt32] = []
        while let next = unit(offset), next != quote {
            offset += 1
            if next == "\n" { line += 1 }
            if next == "\\" {
                try takeEscape(&units)
            } else {
                units.append(next.value)
            }
        }
        guard unit(offset) == quote else { throw failure("a string is not closed") }
        offset += 1
        tokens.append(TemplateToken(kind: .string(TemplateText(units: units)), line: first))
    }

    /// What a backslash and what follows stand for, as in Python's `unicode-escape`.
    private mutating func takeEscape(_ units: inout [UInt32]) throws(TemplateError) {
        guard let letter = unit(offset) else { throw failure("a string is not closed") }
        offset += 1
        switch letter {
        case "\n": line += 1
        case "\\", "'", "\"": units.append(letter.value)
        case "a": units.append(7)
        case "b": units.append(8)
        case "t": units.append(9)
        case "n": units.append(10)
        case "v": units.append(11)
        case "f": units.append(12)
        case "r": units.append(13)
        case "x": units.append(try scalar(digits: 2))
        case "u": units.append(try scalar(digits: 4))
        case "U": units.append(try scalar(digits: 8))
        case "N", "0"..."7": throw failure("there is the escape \\\(letter)", .unsupported)
        default: units += [0x5c, letter.value]
        }
    }

    private mutating func scalar(digits: Int) throws(TemplateError) -> UInt32 {
        var value: UInt64 = 0
        for _ in 0..<digits {
            guard let digit = unit(offset).flatMap({ Character($0).hexDigitValue }) else {
                throw failure("an escape in a string has not \(digits) digits")
            }
            value = value << 4 + UInt64(digit)
            offset += 1
        }
        guard let scalar = UInt32(exactly: value).flatMap({ Unicode.Scalar($0) }) else {
            throw failure("an escape in a string is no character")
        }
        return scalar.value
    }
}
