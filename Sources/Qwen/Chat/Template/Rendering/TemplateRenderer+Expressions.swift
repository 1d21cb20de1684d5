extension TemplateRenderer {
    func evaluate(
        _ expression: TemplateExpression, _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        try nested { () throws(TemplateError) in
            try spend(0)
            return try value(of: expression, scope)
        }
    }

    private func value(
        of expression: TemplateExpression, _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        switch expression {
        case .none: return .none
        case .boolean(let flag): return .boolean(flag)
        case .integer(let number): return .integer(number)
        case .number(let number): return .number(number)
        case .text(let text): return .text(text)
        case .name(let name): return try variable(name, scope)
        case .list(let elements): return .list(try list(evaluate(elements, scope)))
        case .tuple(let elements): return .tuple(try list(evaluate(elements, scope)))
        case .dictionary(let entries): return try dictionary(entries, scope)
        case .attribute(let operand, let name):
            return try attribute(name, of: evaluate(operand, scope))
        case .item(let operand, let key):
            let value = try evaluate(operand, scope)
            return try item(evaluate(key, scope), of: value)
        case .slice(let operand, let start, let end, let step):
            let value = try evaluate(operand, scope)
            return try slice(
                value, from: bound(start, scope), to: bound(end, scope), by: bound(step, scope))
        case .call(let function, let arguments):
            let function = try evaluate(function, scope)
            return try call(function, self.arguments(arguments, scope))
        case .filter(let operand, let call):
            let value = try evaluate(operand, scope)
            return try filter(call.name, value, arguments(call.arguments, scope))
        case .test(let operand, let call):
            let value = try evaluate(operand, scope)
            return .boolean(try test(call.name, value, arguments(call.arguments, scope)))
        case .not(let operand): return .boolean(!(try evaluate(operand, scope).isTrue))
        case .sign(let operand, let isNegative):
            return try signed(evaluate(operand, scope), isNegative: isNegative)
        case .arithmetic(let left, let sign, let right):
            let value = try evaluate(left, scope)
            return try arithmetic(value, sign, evaluate(right, scope))
        case .concatenation(let parts):
            var units: [UInt32] = []
            for part in parts {
                units += try text(of: evaluate(part, scope)).units
                try spend(units.count)
            }
            return .text(TemplateText(units: units))
        case .comparison(let first, let others): return try comparison(first, others, scope)
        case .and(let left, let right):
            let value = try evaluate(left, scope)
            return value.isTrue ? try evaluate(right, scope) : value
        case .or(let left, let right):
            let value = try evaluate(left, scope)
            return value.isTrue ? value : try evaluate(right, scope)
        case .conditional(let condition, let then, let otherwise):
            if try evaluate(condition, scope).isTrue { return try evaluate(then, scope) }
            return try otherwise.map { (otherwise) throws(TemplateError) in
                try evaluate(otherwise, scope)
            } ?? .undefined("an if without an else")
        }
    }

    private func variable(
        _ name: String, _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        if let value = scope[name] { return value }
        switch name {
        case "raise_exception", "strftime_now", "range", "dict", "namespace", "cycler", "joiner",
            "lipsum":
            return .function(.builtin(name))
        case "varargs", "kwargs", "caller", "self", "super":
            throw unsupported("the name \(name)")
        default: return .undefined(name)
        }
    }

    private func evaluate(
        _ expressions: [TemplateExpression], _ scope: TemplateScope
    ) throws(TemplateError) -> [TemplateValue] {
        var values: [TemplateValue] = []
        for expression in expressions { values.append(try evaluate(expression, scope)) }
        return values
    }

    func arguments(
        _ arguments: TemplateArguments, _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValues {
        var values = TemplateValues(positional: try evaluate(arguments.positional, scope))
        for (name, expression) in arguments.named {
            values.named.append((name, try evaluate(expression, scope)))
        }
        return values
    }

    private func dictionary(
        _ entries: [(key: TemplateExpression, value: TemplateExpression)], _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var values: [TemplateEntry] = []
        for (key, value) in entries {
            let key = try evaluate(key, scope)
            let value = try evaluate(value, scope)
            try set(key, value, in: &values)
        }
        return .dictionary(try dictionary(values))
    }

    /// A key that is there keeps its place.
    func set(
        _ key: TemplateValue, _ value: TemplateValue, in entries: inout [TemplateEntry]
    ) throws(TemplateError) {
        if let index = try place(of: key, in: entries) {
            entries[index].value = value
        } else {
            entries.append(TemplateEntry(key: key, value: value))
        }
    }

    /// Where a key stands.
    ///
    /// - Throws: `TemplateError` for a value that is no key.
    func place(
        of key: TemplateValue, in entries: [TemplateEntry]
    ) throws(TemplateError) -> Int? {
        switch key {
        case .list, .dictionary, .view: throw failure("\(key.kind) is no key of a dictionary")
        default: break
        }
        for (index, entry) in entries.enumerated() where try isEqual(entry.key, key) {
            return index
        }
        return nil
    }

    private func comparison(
        _ first: TemplateExpression, _ others: [(TemplateComparison, TemplateExpression)],
        _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var left = try evaluate(first, scope)
        for (comparison, expression) in others {
            let right = try evaluate(expression, scope)
            guard try holds(left, comparison, right) else { return .boolean(false) }
            left = right
        }
        return .boolean(true)
    }

    private func bound(
        _ expression: TemplateExpression?, _ scope: TemplateScope
    ) throws(TemplateError) -> Int? {
        guard let expression else { return nil }
        let value = try evaluate(expression, scope)
        if case .none = value { return nil }
        guard let number = value.whole else {
            throw failure("\(value.kind) is a bound of a slice")
        }
        return number
    }
}

// MARK: - Attributes, items, slices

extension TemplateRenderer {
    /// `value.name`: an attribute, or else an item.
    func attribute(
        _ name: String, of value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        if let found = try ownAttribute(name, of: value) { return found }
        if case .dictionary(let dictionary) = value {
            try spend(dictionary.entries.count)
            return dictionary.value(TemplateText(name)) ?? .undefined(name)
        }
        return .undefined(name)
    }

    /// `value[key]`: an item, or else an attribute.
    func item(
        _ key: TemplateValue, of value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        switch value {
        case .undefined: throw failure("\(value.kind) has no items")
        case .dictionary(let dictionary):
            switch key {
            case .list, .dictionary, .view: return .undefined("an item")
            default: break
            }
            if let index = try place(of: key, in: dictionary.entries) {
                return dictionary.entries[index].value
            }
        case .list(let list), .tuple(let list):
            if let index = key.whole { return element(list.elements, index) }
        case .text(let text):
            if let index = key.whole {
                let index = index < 0 ? index + text.count : index
                guard text.units.indices ~= index else { return .undefined("an item") }
                return .text(TemplateText(units: [text.units[index]], isMarkup: text.isMarkup))
            }
        case .range(let range):
            if let index = key.whole {
                let index = index < 0 ? index + range.count : index
                return 0..<range.count ~= index ? range.value(index) : .undefined("an item")
            }
        default: break
        }
        guard case .text(let name) = key else { return .undefined("an item") }
        return try ownAttribute(name.string, of: value) ?? .undefined(name.string)
    }

    private func element(_ elements: [TemplateValue], _ index: Int) -> TemplateValue {
        let index = index < 0 ? index + elements.count : index
        return elements.indices ~= index ? elements[index] : .undefined("an item")
    }

    private func slice(
        _ value: TemplateValue, from start: Int?, to end: Int?, by step: Int?
    ) throws(TemplateError) -> TemplateValue {
        func indices(_ count: Int) throws(TemplateError) -> [Int] {
            guard step != 0 else { throw failure("the step of a slice is 0") }
            try spend(count)
            let step = min(max(step ?? 1, -count - 1), count + 1)
            // As Python's slice.indices.
            let (lower, upper) = step > 0 ? (0, count) : (-1, count - 1)
            func clamped(_ bound: Int?, _ fallback: Int) -> Int {
                guard let bound else { return fallback }
                return min(max(bound < 0 ? bound + count : bound, lower), upper)
            }
            let first = clamped(start, step > 0 ? lower : upper)
            let last = clamped(end, step > 0 ? upper : lower)
            return Array(stride(from: first, to: last, by: step))
        }
        switch value {
        case .text(let text):
            return .text(
                TemplateText(
                    units: try indices(text.count).map { text.units[$0] }, isMarkup: text.isMarkup))
        case .list(let list):
            return .list(
                try self.list(indices(list.elements.count).map { list.elements[$0] }))
        case .tuple(let list):
            return .tuple(
                try self.list(indices(list.elements.count).map { list.elements[$0] }))
        case .range: throw unsupported("a slice of a range")
        default: throw failure("\(value.kind) is cut")
        }
    }
}
