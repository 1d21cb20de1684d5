/// The grammar of lists: what `--batch`, `--input`, `--output` and `--pairs` accept.
///
/// Numbers and ranges follow llama-bench: `1,2,4`, `1-4`, `8-32+8` (add 8), `1-64*2` (double).
/// Pairs are `256x256,512x128`. Blanks around an item are allowed. Positions count characters
/// from 1.
package enum ListText {
    /// Reads numbers and ranges, in the order they are written.
    package static func numbers(_ text: String, axis: Axis) throws(SweepError) -> [Int] {
        var values: [Int] = []
        for item in try items(of: text, axis: axis) {
            let parts = item.text.split(separator: "-", omittingEmptySubsequences: false)
            switch parts.count {
            case 1:
                values.append(try number(parts[0], in: item, of: text, axis: axis))
            case 2:
                try appendRange(parts[0], parts[1], to: &values, item: item, of: text, axis: axis)
            default:
                throw malformed(item, of: text, axis: axis)
            }
            if values.count > Grid.mostCells {
                throw .tooMany(axis: axis, text: "the list \"\(text)\"")
            }
        }
        return values
    }

    /// Reads one number.
    package static func number(_ text: String, axis: Axis) throws(SweepError) -> Int {
        let items = try items(of: text, axis: axis)
        guard items.count == 1 else { throw malformed(items[1], of: text, axis: axis) }
        return try number(Substring(items[0].text), in: items[0], of: text, axis: axis)
    }

    /// Reads pairs of an input and an output length, in the order they are written.
    package static func pairs(_ text: String) throws(SweepError) -> [LengthPair] {
        var pairs: [LengthPair] = []
        for item in try items(of: text, axis: .pairs) {
            let parts = item.text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "X" }
            guard parts.count == 2 else { throw malformed(item, of: text, axis: .pairs) }
            pairs.append(
                LengthPair(
                    try number(parts[0], in: item, of: text, axis: .pairs),
                    try number(parts[1], in: item, of: text, axis: .pairs)))
            if pairs.count > Grid.mostCells {
                throw .tooMany(axis: .pairs, text: "the number of pairs")
            }
        }
        return pairs
    }

    /// Reads lengths: numbers and ranges, or descriptions of how they differ from request to request,
    /// in the order they are written.
    ///
    /// - Throws: ``SweepError`` for numbers, ``WorkloadError`` for descriptions.
    package static func lengths(
        _ text: String, axis: Axis, part: WorkloadError.Part
    ) throws -> [LengthDistribution] {
        guard text.contains(where: { ":~@".contains($0) }) else {
            return try numbers(text, axis: axis).map { LengthDistribution(fixed: $0) }
        }
        return try items(of: text, axis: axis).flatMap { item in
            if item.text.contains(where: { ":~@".contains($0) }) {
                return [try LengthDistribution(parsing: item.text, of: part)]
            }
            return try numbers(item.text, axis: axis).map { LengthDistribution(fixed: $0) }
        }
    }

    // MARK: - Parts

    private struct Item {
        var text: String
        var position: Int
    }

    private static func items(of text: String, axis: Axis) throws(SweepError) -> [Item] {
        var items: [Item] = []
        var position = 1
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let blanks = piece.prefix { $0 == " " || $0 == "\t" }.count
            var trimmed = piece.dropFirst(blanks)
            while let last = trimmed.last, last == " " || last == "\t" { trimmed.removeLast() }
            guard !trimmed.isEmpty else {
                throw .empty(axis: axis, text: text, position: position + blanks)
            }
            items.append(Item(text: String(trimmed), position: position + blanks))
            position += piece.count + 1
        }
        return items
    }

    private static func number(
        _ digits: Substring, in item: Item, of text: String, axis: Axis
    ) throws(SweepError) -> Int {
        // Int.init would also take a sign.
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw malformed(item, of: text, axis: axis)
        }
        guard let value = Int(digits), value <= Grid.largestValue else {
            throw .tooLarge(axis: axis, item: item.text, position: item.position)
        }
        guard value > 0 || axis == .warmup else {
            throw .notPositive(axis: axis, item: item.text, position: item.position)
        }
        return value
    }

    private static func appendRange(
        _ first: Substring, _ rest: Substring, to values: inout [Int], item: Item, of text: String,
        axis: Axis
    ) throws(SweepError) {
        var last = rest
        var step = 1
        var multiplies = false
        if let sign = rest.firstIndex(where: { $0 == "+" || $0 == "*" }) {
            last = rest[..<sign]
            multiplies = rest[sign] == "*"
            let digits = rest[rest.index(after: sign)...]
            if !digits.isEmpty, digits.allSatisfy({ $0 == "0" }) {
                throw .endless(axis: axis, item: item.text, position: item.position)
            }
            step = try number(digits, in: item, of: text, axis: axis)
            if multiplies, step == 1 {
                throw .endless(axis: axis, item: item.text, position: item.position)
            }
        }
        var value = try number(first, in: item, of: text, axis: axis)
        let end = try number(last, in: item, of: text, axis: axis)
        guard value <= end else {
            throw .descending(axis: axis, item: item.text, position: item.position)
        }
        // No overflow: both factors are at most Grid.largestValue.
        while value <= end {
            values.append(value)
            if values.count > Grid.mostCells {
                throw .tooMany(axis: axis, text: "the range \"\(item.text)\"")
            }
            value = multiplies ? value * step : value + step
        }
    }

    private static func malformed(_ item: Item, of text: String, axis: Axis) -> SweepError {
        .malformed(axis: axis, item: item.text, text: text, position: item.position)
    }
}
