extension TemplateParser {
    /// An expression, or several with commas between them: a tuple.
    ///
    /// - Parameter word: ends the tuple.
    mutating func tuple(
        takesConditional: Bool = true, endsBefore word: String? = nil, isBracketed: Bool = false
    ) throws(TemplateError) -> TemplateExpression {
        var elements: [TemplateExpression] = []
        var isTuple = false
        while !isTupleEnd(word) {
            elements.append(try takesConditional ? expression() : disjunction())
            guard take(symbol: ",") else { break }
            isTuple = true
        }
        if isTuple || (elements.isEmpty && isBracketed) { return .tuple(elements) }
        guard let first = elements.first else { throw failure("an expression is missing") }
        return first
    }

    private func isTupleEnd(_ word: String?) -> Bool {
        switch next {
        case .outputEnd, .blockEnd, .symbol(")"): true
        case .name(let name): name == word
        default: false
        }
    }

    mutating func expression() throws(TemplateError) -> TemplateExpression {
        try deepen()
        let outer = depth - 1
        defer { depth = outer }
        var result = try disjunction()
        while take(word: "if") {
            try deepen()
            let condition = try disjunction()
            let otherwise = take(word: "else") ? try expression() : nil
            result = .conditional(if: condition, then: result, else: otherwise)
        }
        return result
    }

    private mutating func disjunction() throws(TemplateError) -> TemplateExpression {
        let outer = depth
        defer { depth = outer }
        var left = try conjunction()
        while take(word: "or") {
            try deepen()
            left = .or(left, try conjunction())
        }
        return left
    }

    private mutating func conjunction() throws(TemplateError) -> TemplateExpression {
        let outer = depth
        defer { depth = outer }
        var left = try negation()
        while take(word: "and") {
            try deepen()
            left = .and(left, try negation())
        }
        return left
    }

    private mutating func negation() throws(TemplateError) -> TemplateExpression {
        guard take(word: "not") else { return try comparison() }
        try deepen()
        defer { depth -= 1 }
        return .not(try negation())
    }

    private mutating func comparison() throws(TemplateError) -> TemplateExpression {
        let first = try sum()
        var others: [(TemplateComparison, TemplateExpression)] = []
        while let comparison = takeComparison() { others.append((comparison, try sum())) }
        return others.isEmpty ? first : .comparison(first, others)
    }

    private mutating func takeComparison() -> TemplateComparison? {
        if case .symbol(let symbol) = next, let comparison = TemplateComparison(rawValue: symbol) {
            advance()
            return comparison
        }
        if take(word: "in") { return .isIn }
        guard next == .name("not"), isNext(1, .name("in")) else { return nil }
        advance()
        advance()
        return .isNotIn
    }

    /// The operator that comes next, if it is one of these.
    private mutating func takeOperator(_ operators: [TemplateOperator]) -> TemplateOperator? {
        guard case .symbol(let symbol) = next, let found = TemplateOperator(rawValue: symbol),
            operators.contains(found)
        else { return nil }
        advance()
        return found
    }

    private mutating func sum() throws(TemplateError) -> TemplateExpression {
        let outer = depth
        defer { depth = outer }
        var left = try concatenation()
        while let sign = takeOperator([.add, .subtract]) {
            try deepen()
            left = .arithmetic(left, sign, try concatenation())
        }
        return left
    }

    private mutating func concatenation() throws(TemplateError) -> TemplateExpression {
        let first = try product()
        var parts = [first]
        while take(symbol: "~") { parts.append(try product()) }
        return parts.count == 1 ? first : .concatenation(parts)
    }

    private mutating func product() throws(TemplateError) -> TemplateExpression {
        let outer = depth
        defer { depth = outer }
        var left = try power()
        while let sign = takeOperator([.multiply, .divide, .floorDivide, .remainder]) {
            try deepen()
            left = .arithmetic(left, sign, try power())
        }
        return left
    }

    private mutating func power() throws(TemplateError) -> TemplateExpression {
        let outer = depth
        defer { depth = outer }
        var left = try unary()
        while let sign = takeOperator([.power]) {
            try deepen()
            left = .arithmetic(left, sign, try unary())
        }
        return left
    }

    /// A sign binds closer than what follows its operand, but for filters: `-a.b` is `(-a).b`, as in
    /// Jinja.
    private mutating func unary(
        takesFilters: Bool = true
    ) throws(TemplateError) -> TemplateExpression {
        try deepen()
        let outer = depth - 1
        defer { depth = outer }
        var result: TemplateExpression
        if let sign = takeOperator([.add, .subtract]) {
            result = .sign(try unary(takesFilters: false), isNegative: sign == .subtract)
        } else {
            result = try primary()
        }
        result = try withMembers(result)
        while takesFilters {
            if next == .symbol("|") {
                for filter in try filterCalls() {
                    try deepen()
                    result = .filter(result, filter)
                }
            } else if take(word: "is") {
                try deepen()
                result = try test(result)
            } else if next == .symbol("(") {
                try deepen()
                result = .call(result, try arguments())
            } else {
                break
            }
        }
        return result
    }

    private mutating func primary() throws(TemplateError) -> TemplateExpression {
        switch next {
        case .name:
            switch try name() {
            case "true", "True": return .boolean(true)
            case "false", "False": return .boolean(false)
            case "none", "None": return .none
            case let name: return .name(name)
            }
        case .string(var text):
            advance()
            while case .string(let more) = next {
                text.units += more.units
                advance()
            }
            return .text(text)
        case .integer(let number):
            advance()
            return .integer(number)
        case .number(let number):
            advance()
            return .number(number)
        case .symbol("("):
            advance()
            let inner = try tuple(isBracketed: true)
            try expect(.symbol(")"), ")")
            return inner
        case .symbol("["): return .list(try list())
        case .symbol("{"): return .dictionary(try dictionary())
        default: throw failure("an expression is missing")
        }
    }

    private mutating func list() throws(TemplateError) -> [TemplateExpression] {
        advance()
        var elements: [TemplateExpression] = []
        while !take(symbol: "]") {
            if !elements.isEmpty { try expect(.symbol(","), "a comma") }
            if take(symbol: "]") { break }
            elements.append(try expression())
        }
        return elements
    }

    private mutating func dictionary()
        throws(TemplateError) -> [(key: TemplateExpression, value: TemplateExpression)]
    {
        advance()
        var entries: [(key: TemplateExpression, value: TemplateExpression)] = []
        while !take(symbol: "}") {
            if !entries.isEmpty { try expect(.symbol(","), "a comma") }
            if take(symbol: "}") { break }
            let key = try expression()
            try expect(.symbol(":"), "a colon")
            entries.append((key, try expression()))
        }
        return entries
    }
}

// MARK: - What follows an operand

extension TemplateParser {
    /// Takes attributes, items, slices and calls.
    private mutating func withMembers(
        _ operand: TemplateExpression
    ) throws(TemplateError) -> TemplateExpression {
        var result = operand
        while true {
            switch next {
            case .symbol("."):
                advance()
                if case .integer(let index) = next {
                    advance()
                    result = .item(result, .integer(index))
                } else {
                    result = .attribute(result, try name())
                }
            case .symbol("["):
                advance()
                result = try item(of: result)
                try expect(.symbol("]"), "]")
            case .symbol("("): result = .call(result, try arguments())
            default: return result
            }
            try deepen()
        }
    }

    private mutating func item(
        of operand: TemplateExpression
    ) throws(TemplateError) -> TemplateExpression {
        var bounds: [TemplateExpression?] = [nil]
        while next != .symbol("]") {
            if take(symbol: ":") {
                guard bounds.count < 3 else { throw failure("a slice has too many colons") }
                bounds.append(nil)
            } else {
                guard bounds[bounds.count - 1] == nil else { throw failure("] is missing") }
                bounds[bounds.count - 1] = try expression()
                if next == .symbol(",") { throw failure("there is a tuple in [ ]", .unsupported) }
            }
        }
        guard bounds.count > 1 else {
            guard let key = bounds[0] else { throw failure("an expression is missing in [ ]") }
            return .item(operand, key)
        }
        return .slice(
            operand, from: bounds[0], to: bounds[1], by: bounds.count > 2 ? bounds[2] : nil)
    }

    private mutating func arguments() throws(TemplateError) -> TemplateArguments {
        try expect(.symbol("("), "(")
        var arguments = TemplateArguments()
        var isFirst = true
        while !take(symbol: ")") {
            if !isFirst { try expect(.symbol(","), "a comma") }
            if take(symbol: ")") { break }
            isFirst = false
            if next == .symbol("*") || next == .symbol("**") {
                throw failure("a call unpacks its arguments", .unsupported)
            }
            if case .name(let name) = next, isNext(1, .symbol("=")) {
                advance()
                advance()
                guard !arguments.named.contains(where: { $0.name == name }) else {
                    throw failure("the argument \(name) stands there twice")
                }
                arguments.named.append((name, try expression()))
            } else {
                guard arguments.named.isEmpty else {
                    throw failure("an argument without a name follows one with a name")
                }
                arguments.positional.append(try expression())
            }
        }
        return arguments
    }

    /// - Parameter startsInline: whether the first filter has no `|` before it.
    mutating func filterCalls(
        startsInline: Bool = false
    ) throws(TemplateError) -> [TemplateCall] {
        var calls: [TemplateCall] = []
        while (startsInline && calls.isEmpty) || take(symbol: "|") {
            calls.append(
                TemplateCall(
                    name: try dottedName(),
                    arguments: next == .symbol("(") ? try arguments() : TemplateArguments()))
        }
        return calls
    }

    private mutating func dottedName() throws(TemplateError) -> String {
        var text = try name()
        while take(symbol: ".") { text += "." + (try name()) }
        return text
    }

    private mutating func test(
        _ operand: TemplateExpression
    ) throws(TemplateError) -> TemplateExpression {
        let isNegated = take(word: "not")
        let name = try dottedName()
        var arguments = TemplateArguments()
        switch next {
        case .symbol("("): arguments = try self.arguments()
        case .name("else"), .name("or"), .name("and"): break
        case .name("is"): throw failure("tests follow each other")
        case .name, .string, .integer, .number, .symbol("["), .symbol("{"):
            arguments.positional = [try withMembers(try primary())]
        default: break
        }
        let test = TemplateExpression.test(
            operand, TemplateCall(name: name, arguments: arguments))
        return isNegated ? .not(test) : test
    }
}
