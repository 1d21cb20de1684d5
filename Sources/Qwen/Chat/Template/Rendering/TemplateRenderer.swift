/// Renders one template once.
///
/// Work is bounded, for a template comes with a model from anywhere: each node that is evaluated is
/// a step, and so are each `charactersPerStep` characters or elements that an operation goes
/// through.
final class TemplateRenderer {
    static let mostSteps = 1_000_000
    static let charactersPerStep = 64
    /// Characters of a result, or of a text on the way.
    static let mostCharacters = 16 << 20
    /// Nodes being evaluated at once, calls among them.
    static let mostDepth = 400
    /// As in Jinja's sandbox.
    static let mostRange = 100_000

    /// How a loop goes on after a statement.
    enum Flow {
        case goOn
        case leaveLoop
        case nextItem
    }

    /// Writes the time in a format of `strftime`; nil for a format that it cannot write.
    let time: (String) -> String?
    /// Where statements are, for messages.
    var line = 1
    var output: [UInt32] = []
    private var steps = 0
    private var depth = 0
    /// Scopes and namespaces that may hold each other; emptied in the end.
    private var scopes: [TemplateScope] = []
    private var namespaces: [TemplateNamespace] = []

    init(time: @escaping (String) -> String?) {
        self.time = time
    }

    /// - Throws: `TemplateError`.
    func render(
        _ statements: [TemplateStatement], _ variables: [(String, TemplateValue)]
    ) throws(TemplateError) -> TemplateText {
        defer {
            for scope in scopes { scope.variables = [:] }
            for namespace in namespaces { namespace.members = [:] }
        }
        let context = TemplateScope()
        for (name, value) in variables { context.variables[name] = value }
        _ = try execute(statements, TemplateScope(in: context))
        return TemplateText(units: output)
    }

    func keep(_ namespace: TemplateNamespace) -> TemplateNamespace {
        namespaces.append(namespace)
        return namespace
    }
}

// MARK: - Failures and bounds

extension TemplateRenderer {
    func failure(
        _ problem: String, _ kind: TemplateError.Kind = .failed
    ) -> TemplateError {
        TemplateError(kind: kind, line: line, problem: problem)
    }

    func unsupported(_ what: String) -> TemplateError {
        failure("there is \(what)", .unsupported)
    }

    /// Accounts for work over so many characters or elements.
    func spend(_ count: Int) throws(TemplateError) {
        try checkSize(count)
        steps += 1 + count / Self.charactersPerStep
        guard steps <= Self.mostSteps else {
            throw failure("it takes more than \(Self.mostSteps) steps", .limit)
        }
    }

    /// Refuses a text or list of so many characters or elements if they are too many.
    func checkSize(_ count: Int) throws(TemplateError) {
        guard count <= Self.mostCharacters else {
            throw failure("a text or list grows beyond \(Self.mostCharacters) characters", .limit)
        }
    }

    /// Does what goes one level deeper.
    func nested<Result>(
        _ body: () throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostDepth else {
            throw failure("it calls itself deeper than \(Self.mostDepth) levels", .limit)
        }
        return try body()
    }

    func list(_ elements: [TemplateValue]) throws(TemplateError) -> TemplateList {
        try spend(elements.count)
        let list = TemplateList(elements)
        guard list.depth <= TemplateList.mostDepth else {
            throw failure("lists nest deeper than \(TemplateList.mostDepth)", .limit)
        }
        return list
    }

    func dictionary(
        _ entries: [TemplateEntry]
    ) throws(TemplateError) -> TemplateDictionary {
        try spend(entries.count)
        let dictionary = TemplateDictionary(entries)
        guard dictionary.depth <= TemplateList.mostDepth else {
            throw failure("dictionaries nest deeper than \(TemplateList.mostDepth)", .limit)
        }
        return dictionary
    }

    private func write(_ text: TemplateText) throws(TemplateError) {
        try spend(text.count)
        output += text.units
        try checkSize(output.count)
    }

    /// What statements write, in place of writing it.
    func captured(
        _ statements: [TemplateStatement], _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateText {
        let outer = output
        output = []
        defer { output = outer }
        _ = try execute(statements, scope)
        return TemplateText(units: output)
    }
}

// MARK: - Statements

extension TemplateRenderer {
    func execute(
        _ statements: [TemplateStatement], _ scope: TemplateScope
    ) throws(TemplateError) -> Flow {
        for statement in statements {
            let flow = try nested { () throws(TemplateError) in
                try spend(0)
                return try execute(statement, scope)
            }
            if flow != .goOn { return flow }
        }
        return .goOn
    }

    private func execute(
        _ statement: TemplateStatement, _ scope: TemplateScope
    ) throws(TemplateError) -> Flow {
        switch statement {
        case .data(let text): try write(text)
        case .output(let expression, let line):
            self.line = line
            try write(text(of: evaluate(expression, scope)))
        case .set(let target, let expression, let line):
            self.line = line
            try assign(evaluate(expression, scope), to: target, scope)
        case .setBlock(let target, let filters, let body, let line):
            let text = try captured(body, TemplateScope(in: scope))
            self.line = line
            try assign(apply(filters, to: .text(text), scope), to: target, scope)
        case .choice(let branches, let otherwise):
            for branch in branches {
                line = branch.line
                if try evaluate(branch.condition, scope).isTrue {
                    return try execute(branch.body, scope)
                }
            }
            return try execute(otherwise, scope)
        case .loop(let loop): try execute(loop, scope)
        case .macro(let macro):
            scopes.append(scope)
            scope.variables[macro.name] = .function(.macro(macro, in: scope))
        case .block(let body): _ = try execute(body, TemplateScope(in: scope))
        case .filterBlock(let filters, let body, let line):
            let inner = TemplateScope(in: scope)
            let text = try captured(body, inner)
            self.line = line
            try write(self.text(of: apply(filters, to: .text(text), inner)))
        case .breakLoop: return .leaveLoop
        case .continueLoop: return .nextItem
        }
        return .goOn
    }

    private func apply(
        _ filters: [TemplateCall], to value: TemplateValue, _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var value = value
        for call in filters {
            value = try filter(call.name, value, arguments(call.arguments, scope))
        }
        return value
    }

    private func execute(
        _ loop: TemplateLoop, _ scope: TemplateScope
    ) throws(TemplateError) {
        line = loop.line
        var items = try elements(of: evaluate(loop.items, scope))
        if let condition = loop.condition {
            var kept: [TemplateValue] = []
            for item in items {
                let inner = TemplateScope(in: scope)
                try assign(item, to: loop.target, inner)
                if try evaluate(condition, inner).isTrue { kept.append(item) }
            }
            items = kept
        }
        if items.isEmpty { _ = try execute(loop.otherwise, TemplateScope(in: scope)) }
        let state = TemplateLoopState(items)
        for (index, item) in items.enumerated() {
            state.index = index
            let inner = TemplateScope(in: scope)
            inner.variables["loop"] = .loop(state)
            try assign(item, to: loop.target, inner)
            if try execute(loop.body, inner) == .leaveLoop { break }
        }
    }

    private func assign(
        _ value: TemplateValue, to target: TemplateTarget, _ scope: TemplateScope
    ) throws(TemplateError) {
        switch target {
        case .name(let name): scope.variables[name] = value
        case .names(let targets):
            let values = try elements(of: value)
            guard values.count == targets.count else {
                throw failure("\(values.count) values are assigned to \(targets.count) names")
            }
            for (target, value) in zip(targets, values) { try assign(value, to: target, scope) }
        case .member(let name, let member):
            guard case .namespace(let namespace) = scope[name] else {
                throw failure("\(name) is no namespace, and its member \(member) is set")
            }
            namespace.members[member] = value
        }
    }
}

// MARK: - Macros

extension TemplateRenderer {
    func call(
        _ macro: TemplateMacro, in scope: TemplateScope, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        guard values.positional.count <= macro.parameters.count else {
            throw failure(
                "the macro \(macro.name) takes \(macro.parameters.count) arguments, and "
                    + "\(values.positional.count) are given")
        }
        let inner = TemplateScope(in: scope)
        var named = values.named
        for (index, parameter) in macro.parameters.enumerated() {
            let name = parameter.name
            let argument = named.firstIndex { $0.name == name }.map { named.remove(at: $0).value }
            if values.positional.indices ~= index {
                guard argument == nil else {
                    throw failure("the macro \(macro.name) is given \(name) twice")
                }
                inner.variables[name] = values.positional[index]
            } else if let argument {
                inner.variables[name] = argument
            } else if let fallback = parameter.fallback {
                inner.variables[name] = try evaluate(fallback, inner)
            } else {
                inner.variables[name] = .undefined(name)
            }
        }
        if let name = named.first?.name {
            throw failure("the macro \(macro.name) has no parameter \(name)")
        }
        let line = line
        defer { self.line = line }
        return .text(try captured(macro.body, inner))
    }
}
