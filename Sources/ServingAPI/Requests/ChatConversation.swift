package import JSON

/// A conversation, and what a model's template is told of it.
package struct ChatConversation: Equatable, Sendable {
    /// As templates read them: `role`, `content` as one text, and `name`, `tool_calls`, `tool_call_id` where
    /// they are.
    package let messages: [JSON]
    /// nil where there are none.
    package let tools: JSON?
    /// Further variables of the template.
    package let templateVariables: [JSON.Member]
    /// Whether the beginning of an answer follows.
    package let asks: Bool

    private static let mostMessages = 4096
    private static let roles: Set<String> = [
        "system", "developer", "user", "assistant", "tool", "function",
    ]

    init(_ fields: inout Fields) throws(APIError) {
        let expected = "a list of 1 to \(Self.mostMessages) messages"
        guard let list = fields.json("messages")?.array, 1...Self.mostMessages ~= list.count else {
            throw fields.wrong("messages", expected)
        }
        var messages: [JSON] = []
        for (index, json) in list.enumerated() {
            messages.append(try Self.message(json, at: "messages[\(index)]"))
        }
        self.messages = messages
        tools = try Self.tools(&fields)
        asks = try fields.boolean("add_generation_prompt") ?? true
        templateVariables = try Self.variables(&fields)
        try fields.refuse(
            "continue_final_message", unless: [false], remedy: "end with a message of the user")
        try fields.refuse(
            "chat_template", remedy: "the server has the model's; start it with --chat-template")
        try fields.refuse("documents", unless: [[]], remedy: "write them into a message")
    }

    private static func message(_ json: JSON, at path: String) throws(APIError) -> JSON {
        var fields = try Fields(json, prefix: path + ".")
        guard let role = try fields.string("role"), roles.contains(role) else {
            throw fields.wrong("role", "one of \(roles.sorted().joined(separator: ", "))")
        }
        var members = [JSON.Member(name: "role", value: .string(role))]
        let calls = try toolCalls(&fields)
        let content = try content(fields.json("content"), at: "\(path).content")
        guard content != nil || calls != nil else {
            throw fields.wrong("content", "a string, or a list of parts of text")
        }
        members.append(JSON.Member(name: "content", value: .string(content ?? "")))
        if let calls { members.append(JSON.Member(name: "tool_calls", value: calls)) }
        for name in ["name", "tool_call_id", "reasoning_content"] {
            guard let text = try fields.string(name) else { continue }
            members.append(JSON.Member(name: name, value: .string(text)))
        }
        try fields.refuse("audio", remedy: "messages are text; leave it out")
        try fields.refuse("function_call", remedy: "use tool_calls")
        return .object(members)
    }

    /// A text, or the lines that parts of text are; nil where there is none.
    private static func content(_ json: JSON?, at path: String) throws(APIError) -> String? {
        guard let json else { return nil }
        if let text = json.string { return text }
        guard let parts = json.array else {
            throw .invalid(
                path, "'\(path)' must be a string or a list of parts, not \(json.shown)")
        }
        var texts: [String] = []
        for (index, part) in parts.enumerated() {
            let type = part["type"]?.string
            guard type == "text" || type == nil else {
                throw .unsupported(
                    "\(path)[\(index)].type",
                    "'\(path)[\(index)]' is of type \((type ?? "").quotedForMessage), and this server reads text alone"
                )
            }
            guard let text = part.string ?? part["text"]?.string else {
                throw .invalid(
                    "\(path)[\(index)].text", "'\(path)[\(index)].text' must be a string")
            }
            texts.append(text)
        }
        return texts.joined(separator: "\n")
    }

    /// As templates read them: arguments are objects there, and texts of JSON on the wire.
    private static func toolCalls(_ fields: inout Fields) throws(APIError) -> JSON? {
        guard let json = fields.json("tool_calls") else { return nil }
        guard let calls = json.array else { throw fields.wrong("tool_calls", "a list of calls") }
        guard !calls.isEmpty else { return nil }
        var read: [JSON] = []
        for call in calls {
            guard let function = call["function"], let name = function["name"]?.string else {
                throw fields.wrong("tool_calls", "a list of calls, each with a function's name")
            }
            let text = function["arguments"]?.string
            let arguments = text.flatMap(Self.object) ?? function["arguments"] ?? .object([])
            var members = [
                JSON.Member(name: "type", value: "function"),
                JSON.Member(
                    name: "function", value: ["name": .string(name), "arguments": arguments]),
            ]
            if let id = call["id"] { members.insert(JSON.Member(name: "id", value: id), at: 0) }
            read.append(.object(members))
        }
        return .array(read)
    }

    private static func object(_ text: String) -> JSON? {
        let json = Array(text.utf8).withUnsafeBytes { try? JSONReader.read($0) }
        return json?.members == nil ? nil : json
    }

    /// What the template is told of; nothing makes the model call one, and calls come back as text.
    private static func tools(_ fields: inout Fields) throws(APIError) -> JSON? {
        try fields.refuse(
            "tool_choice", unless: ["none", "auto"],
            remedy:
                "the template tells the model of the tools, and nothing makes it call one; use auto"
        )
        let isOff = fields.json("tool_choice") == "none"
        guard let json = fields.json("tools") else { return nil }
        guard let tools = json.array, tools.allSatisfy({ $0["function"]?.members != nil }) else {
            throw fields.wrong("tools", "a list of objects with a function")
        }
        return tools.isEmpty || isOff ? nil : json
    }

    private static func variables(_ fields: inout Fields) throws(APIError) -> [JSON.Member] {
        let name = "chat_template_kwargs"
        guard let json = fields.json(name) else { return [] }
        guard let members = json.members else { throw fields.wrong(name, "an object") }
        let own = ["messages", "tools", "add_generation_prompt"]
        for member in members where own.contains(member.name) {
            throw .invalid(
                "\(name).\(member.name)",
                "'\(name).\(member.name)' is what the request says beside it; leave it out")
        }
        return members
    }
}
