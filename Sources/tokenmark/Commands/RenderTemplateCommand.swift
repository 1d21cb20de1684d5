internal import ArgumentParser
internal import JSON
internal import Qwen
internal import Suite

/// `tokenmark render-template`: what chat templates write; for `scripts/check-templates`.
struct RenderTemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render-template",
        abstract: "Renders chat templates, one for each line of standard input.",
        discussion: """
            A line is a JSON object with the text of a template and its variables: {"template": \
            "…", "variables": {…}}. For each a line is printed: {"text": "…"}, or {"error": "…"} \
            with the reason why there is none.
            """,
        shouldDisplay: false
    )

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The time that templates are told, in seconds since the beginning of 1970.",
            valueName: "seconds"))
    var time: Int?

    func run() throws {
        var templates: [String: Template] = [:]
        let lines = StandardInput.Lines()
        while let line = try lines.next() {
            let answer = try render(line, &templates)
            let bytes = JSONWriter.bytes(answer, isIndented: false)
            try Terminal.output(String(decoding: bytes, as: UTF8.self) + "\n")
        }
    }

    private func render(_ line: String, _ templates: inout [String: Template]) throws -> JSON {
        let json = try Array(line.utf8).withUnsafeBytes { try JSONReader.read($0) }
        guard let text = json["template"]?.string, let variables = json["variables"] else {
            throw UsageError("a line of standard input has no template or no variables")
        }
        do {
            let template = try templates[text] ?? Template(text)
            templates[text] = template
            return ["text": .string(try template.render(variables, time: time))]
        } catch {
            return ["error": .string("\(error)")]
        }
    }
}
