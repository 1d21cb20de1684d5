internal import Glibc

/// Python's operators.
extension TemplateRenderer {
    func signed(
        _ value: TemplateValue, isNegative: Bool
    ) throws(TemplateError) -> TemplateValue {
        if case .number(let number) = value { return .number(isNegative ? -number : number) }
        guard let number = value.whole else { throw failure("\(value.kind) has a sign") }
        guard isNegative else { return .integer(number) }
        return .integer(try exact(0.subtractingReportingOverflow(number)))
    }

    /// - Throws: `TemplateError` where Python's whole numbers would be larger than ours.
    private func exact(
        _ result: (partialValue: Int, overflow: Bool)
    ) throws(TemplateError) -> Int {
        guard !result.overflow else { throw unsupported("a whole number beyond 64 bits") }
        return result.partialValue
    }

    func arithmetic(
        _ left: TemplateValue, _ sign: TemplateOperator, _ right: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        if let first = left.whole, let second = right.whole {
            return try arithmetic(first, sign, second)
        }
        if let first = left.double, let second = right.double {
            return .number(try arithmetic(first, sign, second))
        }
        switch (left, sign, right) {
        case (.text(let first), .add, .text(let second)):
            try spend(first.count + second.count)
            let isMarkup = first.isMarkup || second.isMarkup
            let parts = [first, second].map { isMarkup && !$0.isMarkup ? Self.escaped($0) : $0 }
            return .text(
                TemplateText(units: parts[0].units + parts[1].units, isMarkup: isMarkup))
        case (.list(let first), .add, .list(let second)):
            return .list(try list(first.elements + second.elements))
        case (.tuple(let first), .add, .tuple(let second)):
            return .tuple(try list(first.elements + second.elements))
        case (.text(let text), .multiply, _), (_, .multiply, .text(let text)):
            let other = left.textValue == nil ? left : right
            return .text(
                TemplateText(units: try repeated(text.units, other), isMarkup: text.isMarkup))
        case (.list(let values), .multiply, let other), (let other, .multiply, .list(let values)):
            return .list(try list(repeated(values.elements, other)))
        case (.tuple(let values), .multiply, let other),
            (let other, .multiply, .tuple(let values)):
            return .tuple(try list(repeated(values.elements, other)))
        case (.text, .remainder, _): throw unsupported("a text that is formatted by %")
        default:
            throw failure("there is no '\(sign.rawValue)' of \(left.kind) and \(right.kind)")
        }
    }

    private func repeated<Element>(
        _ elements: [Element], _ count: TemplateValue
    ) throws(TemplateError) -> [Element] {
        guard let count = count.whole else {
            throw failure("a text or list is multiplied by \(count.kind)")
        }
        guard count > 0, !elements.isEmpty else { return [] }
        let (total, overflow) = elements.count.multipliedReportingOverflow(by: count)
        try spend(overflow ? .max : total)
        return Array(repeatElement(elements, count: count).joined())
    }

    private func arithmetic(
        _ left: Int, _ sign: TemplateOperator, _ right: Int
    ) throws(TemplateError) -> TemplateValue {
        switch sign {
        case .add: return .integer(try exact(left.addingReportingOverflow(right)))
        case .subtract: return .integer(try exact(left.subtractingReportingOverflow(right)))
        case .multiply: return .integer(try exact(left.multipliedReportingOverflow(by: right)))
        case .divide:
            guard right != 0 else { throw failure("a number is divided by 0") }
            // The quotient of numbers that doubles hold is rounded once.
            guard max(left.magnitude, right.magnitude) <= 1 << 53 else {
                throw unsupported("a quotient of numbers beyond 53 bits")
            }
            return .number(Double(left) / Double(right))
        case .floorDivide, .remainder:
            guard right != 0 else { throw failure("a number is divided by 0") }
            let quotient = try exact(left.dividedReportingOverflow(by: right))
            let remainder = left - quotient * right
            let isBelow = remainder != 0 && (remainder < 0) != (right < 0)
            return .integer(
                sign == .remainder
                    ? remainder + (isBelow ? right : 0) : quotient - (isBelow ? 1 : 0))
        case .power:
            guard right >= 0 else {
                return .number(try arithmetic(Double(left), .power, Double(right)))
            }
            var result = 1
            if left.magnitude > 1 || right == 0 {
                for _ in 0..<right {
                    result = try exact(result.multipliedReportingOverflow(by: left))
                }
            } else {
                result = left == -1 && right % 2 == 0 ? 1 : left
            }
            return .integer(result)
        }
    }

    private func arithmetic(
        _ left: Double, _ sign: TemplateOperator, _ right: Double
    ) throws(TemplateError) -> Double {
        switch sign {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            guard right != 0 else { throw failure("a number is divided by 0") }
            return left / right
        case .power:
            let result = pow(left, right)
            guard result.isFinite || !(left.isFinite && right.isFinite) else {
                throw failure("a power is no number")
            }
            return result
        case .floorDivide, .remainder: throw unsupported("'\(sign.rawValue)' of fractions")
        }
    }
}

// MARK: - Comparisons

extension TemplateRenderer {
    func holds(
        _ left: TemplateValue, _ comparison: TemplateComparison, _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        switch comparison {
        case .equal: try isEqual(left, right)
        case .unequal: !(try isEqual(left, right))
        case .less: try precedes(left, right)
        case .greater: try precedes(right, left)
        case .lessOrEqual: try isEqualOrPrecedes(left, right)
        case .greaterOrEqual: try isEqualOrPrecedes(right, left)
        case .isIn: try contains(right, left)
        case .isNotIn: !(try contains(right, left))
        }
    }

    func isEqual(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        if let first = left.whole, let second = right.whole { return first == second }
        switch (left, right) {
        case (.number(let first), .number(let second)): return first == second
        case (.number(let number), _) where right.whole != nil,
            (_, .number(let number)) where left.whole != nil:
            return Int(exactly: number) == left.whole ?? right.whole
        case (.undefined, .undefined), (.none, .none): return true
        case (.text(let first), .text(let second)):
            try spend(min(first.count, second.count))
            return first == second
        case (.list(let first), .list(let second)), (.tuple(let first), .tuple(let second)):
            guard first.elements.count == second.elements.count else { return false }
            for (first, second) in zip(first.elements, second.elements) {
                try spend(0)
                guard try isEqual(first, second) else { return false }
            }
            return true
        case (.dictionary(let first), .dictionary(let second)):
            guard first.entries.count == second.entries.count else { return false }
            for entry in first.entries {
                try spend(0)
                guard let index = try place(of: entry.key, in: second.entries),
                    try isEqual(entry.value, second.entries[index].value)
                else { return false }
            }
            return true
        case (.namespace(let first), .namespace(let second)): return first === second
        case (.range, .range), (.view, .view), (.function, .function), (.generator, .generator),
            (.loop, .loop):
            throw unsupported("a comparison of \(left.kind) with \(right.kind)")
        default: return false
        }
    }

    func precedes(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        if let first = left.whole, let second = right.whole { return first < second }
        if let first = left.double, let second = right.double {
            let isExact = [left, right].allSatisfy { ($0.whole?.magnitude ?? 0) <= 1 << 53 }
            guard isExact else { throw unsupported("an order of numbers beyond 53 bits") }
            return first < second
        }
        switch (left, right) {
        case (.text(let first), .text(let second)):
            try spend(min(first.count, second.count))
            return first.precedes(second)
        case (.list(let first), .list(let second)), (.tuple(let first), .tuple(let second)):
            for (first, second) in zip(first.elements, second.elements) {
                try spend(0)
                guard try !isEqual(first, second) else { continue }
                return try precedes(first, second)
            }
            return first.elements.count < second.elements.count
        default: throw failure("\(left.kind) and \(right.kind) have no order")
        }
    }

    private func isEqualOrPrecedes(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(TemplateError) -> Bool {
        // In this order: what has no order is refused, equal or not.
        if try precedes(left, right) { return true }
        return try isEqual(left, right)
    }

    /// `value in container`.
    func contains(
        _ container: TemplateValue, _ value: TemplateValue
    ) throws(TemplateError) -> Bool {
        switch container {
        case .text(let text):
            guard case .text(let part) = value else {
                throw failure("\(value.kind) is looked for in a text")
            }
            try spend(text.count + part.count)
            return text.contains(part)
        case .dictionary(let dictionary):
            return try place(of: value, in: dictionary.entries) != nil
        case .generator(let generator):
            while let element = generator.takeFirst() {
                if try isEqual(element, value) { return true }
            }
            return false
        default:
            for element in try elements(of: container) where try isEqual(element, value) {
                return true
            }
            return false
        }
    }

    /// What a loop over a value goes through.
    func elements(of value: TemplateValue) throws(TemplateError) -> [TemplateValue] {
        switch value {
        case .undefined: return []
        case .text(let text):
            try spend(text.count)
            return text.units.map {
                .text(TemplateText(units: [$0], isMarkup: text.isMarkup))
            }
        case .list(let list), .tuple(let list), .view(_, let list):
            try spend(list.elements.count)
            return list.elements
        case .dictionary(let dictionary):
            try spend(dictionary.entries.count)
            return dictionary.entries.map(\.key)
        case .range(let range):
            try spend(range.count)
            return (0..<range.count).map(range.value)
        case .generator(let generator): return generator.takeRest()
        case .loop: throw unsupported("a loop over the loop")
        case .none, .boolean, .integer, .number, .namespace, .function:
            throw failure("\(value.kind) is gone through as a list")
        }
    }

    /// In order; what is equal stays as it was.
    func sorted(
        _ values: [TemplateValue], isReversed: Bool,
        by key: (TemplateValue) throws(TemplateError) -> TemplateValue
    ) throws(TemplateError) -> [TemplateValue] {
        var items: [(key: TemplateValue, value: TemplateValue)] = []
        for value in values { items.append((try key(value), value)) }
        var width = 1
        while width < items.count {
            var merged: [(key: TemplateValue, value: TemplateValue)] = []
            for start in stride(from: 0, to: items.count, by: 2 * width) {
                let middle = min(start + width, items.count)
                let end = min(start + 2 * width, items.count)
                var (left, right) = (start, middle)
                while left < middle || right < end {
                    try spend(0)
                    var takesRight = left == middle
                    if left < middle, right < end {
                        let (first, second) = (items[left].key, items[right].key)
                        takesRight =
                            try isReversed ? precedes(first, second) : precedes(second, first)
                    }
                    merged.append(items[takesRight ? right : left])
                    if takesRight { right += 1 } else { left += 1 }
                }
            }
            items = merged
            width *= 2
        }
        return items.map(\.value)
    }
}
