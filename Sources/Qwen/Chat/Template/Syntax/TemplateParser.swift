/// Reads the tags of a template into statements.
///
/// Source: the grammar of Jinja 3.1 with its loop controls, and transformers' `generation` tag.
struct TemplateParser {
    /// Tags and brackets within each other, or operators in a row: deeper than any template, and
    /// far from the end of a stack.
    static let mostDepth = 100

    private let tokens: [TemplateToken]
    private var position = 0
    var depth = 0
    private var loops = 0

    /// - Throws: `TemplateError` of the kinds `syntax`, `unsupported` and `limit`.
    static func statements(_ text: String) throws(TemplateError) -> [TemplateStatement] {
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(text))
        let statements = try parser.body(until: [])
        guard parser.next == .end else { throw parser.failure("there is one end tag too many") }
        return statements
    }

    private init(tokens: [TemplateToken]) {
        self.tokens = tokens
    }

    // MARK: Tokens

    /// The token that comes next; the last one is `end` and is never passed.
    var next: TemplateToken.Kind { tokens[position].kind }

    var line: Int { tokens[position].line }

    func isNext(_ ahead: Int, _ kind: TemplateToken.Kind) -> Bool {
        position + ahead < tokens.count && tokens[position + ahead].kind == kind
    }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    mutating func take(_ kind: TemplateToken.Kind) -> Bool {
        guard next == kind else { return false }
        advance()
        return true
    }

    mutating func take(symbol: String) -> Bool { take(.symbol(symbol)) }

    mutating func take(word: String) -> Bool { take(.name(word)) }

    mutating func expect(
        _ kind: TemplateToken.Kind, _ what: String
    ) throws(TemplateError) {
        guard take(kind) else { throw failure("\(what) is missing") }
    }

    mutating func name() throws(TemplateError) -> String {
        guard case .name(let name) = next, !(name.first?.isNumber ?? true) else {
            throw failure("a name is missing")
        }
        advance()
        return name
    }

    func failure(
        _ problem: String, _ kind: TemplateError.Kind = .syntax
    ) -> TemplateError {
        TemplateError(kind: kind, line: line, problem: problem)
    }

    /// Counts one level more; what calls it counts it down again.
    mutating func deepen() throws(TemplateError) {
        depth += 1
        guard depth <= Self.mostDepth else {
            throw failure("tags or expressions nest deeper than \(Self.mostDepth)", .limit)
        }
    }
}

// MARK: - Statements

extension TemplateParser {
    /// Statements up to one of the end tags, whose name is next then; or to the end of the template.
    private mutating func body(
        until ends: [String]
    ) throws(TemplateError) -> [TemplateStatement] {
        try deepen()
        defer { depth -= 1 }
        var statements: [TemplateStatement] = []
        while true {
            switch next {
            case .data(let text):
                advance()
                statements.append(.data(text))
            case .outputStart:
                let line = line
                advance()
                statements.append(.output(try tuple(), line: line))
                try expect(.outputEnd, "}}")
            case .blockStart:
                advance()
                if case .name(let name) = next, ends.contains(name) { return statements }
                statements.append(try statement())
                try expect(.blockEnd, "%}")
            case .end:
                guard ends.isEmpty else {
                    throw failure("the tag \(ends.joined(separator: " or ")) is missing")
                }
                return statements
            default: throw failure("a tag is missing")
            }
        }
    }

    /// The statements within a tag, and the end tag but for its mark.
    private mutating func closedBody(
        _ end: String
    ) throws(TemplateError) -> [TemplateStatement] {
        try expect(.blockEnd, "%}")
        let statements = try body(until: [end])
        advance()
        return statements
    }

    /// The tag after its mark, up to the mark that closes it or its end tag.
    private mutating func statement() throws(TemplateError) -> TemplateStatement {
        let line = line
        let keyword = try name()
        switch keyword {
        case "if": return try choice(line)
        case "for": return try loop(line)
        case "set": return try assignment(line)
        case "macro": return try macro(line)
        case "generation":
            let outer = loops
            loops = 0
            defer { loops = outer }
            return .block(try closedBody("endgeneration"))
        case "filter":
            let filters = try filterCalls(startsInline: true)
            let outer = loops
            defer { loops = outer }
            return .filterBlock(filters, try closedBody("endfilter"), line: line)
        case "break", "continue":
            guard loops > 0 else { throw failure("\(keyword) stands outside of a loop") }
            return keyword == "break" ? .breakLoop : .continueLoop
        case "call", "raw", "with", "block", "extends", "include", "import", "from", "autoescape",
            "do", "trans":
            throw failure("there is the tag \(keyword)", .unsupported)
        default: throw failure("there is the unknown tag '\(keyword)'")
        }
    }

    private mutating func choice(_ line: Int) throws(TemplateError) -> TemplateStatement {
        var branches: [TemplateBranch] = []
        var line = line
        while true {
            let condition = try tuple(takesConditional: false)
            try expect(.blockEnd, "%}")
            let body = try body(until: ["elif", "else", "endif"])
            branches.append(TemplateBranch(condition: condition, body: body, line: line))
            line = self.line
            if take(word: "elif") { continue }
            if take(word: "else") {
                return .choice(branches, otherwise: try closedBody("endif"))
            }
            advance()
            return .choice(branches, otherwise: [])
        }
    }

    private mutating func loop(_ line: Int) throws(TemplateError) -> TemplateStatement {
        let target = try self.target(endsBefore: "in")
        guard take(word: "in") else { throw failure("the word in is missing") }
        let items = try tuple(takesConditional: false, endsBefore: "recursive")
        let condition = take(word: "if") ? try expression() : nil
        if next == .name("recursive") { throw failure("a loop is recursive", .unsupported) }
        try expect(.blockEnd, "%}")
        loops += 1
        let body = try body(until: ["endfor", "else"])
        loops -= 1
        let otherwise = take(word: "else") ? try closedBody("endfor") : []
        if otherwise.isEmpty { _ = take(word: "endfor") }
        return .loop(
            TemplateLoop(
                target: target, items: items, condition: condition, body: body,
                otherwise: otherwise, line: line))
    }

    private mutating func assignment(_ line: Int) throws(TemplateError) -> TemplateStatement {
        let target = try self.target(takesMembers: true)
        if take(symbol: "=") { return .set(target, try tuple(), line: line) }
        let filters = try filterCalls()
        return .setBlock(target, filters: filters, try closedBody("endset"), line: line)
    }

    private mutating func macro(_ line: Int) throws(TemplateError) -> TemplateStatement {
        let name = try name()
        try expect(.symbol("("), "(")
        var parameters: [(name: String, fallback: TemplateExpression?)] = []
        while !take(symbol: ")") {
            if !parameters.isEmpty { try expect(.symbol(","), "a comma") }
            let name = try self.name()
            let fallback = take(symbol: "=") ? try expression() : nil
            guard fallback != nil || parameters.last?.fallback == nil else {
                throw failure("the parameter \(name) has no default, and one before it has")
            }
            guard !parameters.contains(where: { $0.name == name }) else {
                throw failure("the parameter \(name) stands there twice")
            }
            parameters.append((name, fallback))
        }
        let outer = loops
        loops = 0
        defer { loops = outer }
        return .macro(
            TemplateMacro(
                name: name, parameters: parameters, body: try closedBody("endmacro"), line: line))
    }

    /// What is assigned to: names, with commas between them; or a member of a namespace.
    private mutating func target(
        endsBefore word: String? = nil, takesMembers: Bool = false
    ) throws(TemplateError) -> TemplateTarget {
        try deepen()
        defer { depth -= 1 }
        var targets: [TemplateTarget] = []
        var isTuple = false
        repeat {
            if let word, next == .name(word) { break }
            if take(symbol: "(") {
                targets.append(try target())
                try expect(.symbol(")"), ")")
                continue
            }
            let name = try name()
            guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
                throw failure("\(name) is assigned to")
            }
            if takesMembers, take(symbol: ".") {
                targets.append(.member(of: name, try self.name()))
            } else {
                targets.append(.name(name))
            }
            if next == .symbol(",") { isTuple = true }
        } while take(symbol: ",")
        guard let first = targets.first else { throw failure("a name is missing") }
        return isTuple || targets.count > 1 ? .names(targets) : first
    }
}
