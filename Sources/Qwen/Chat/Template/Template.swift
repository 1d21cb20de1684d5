package import JSON

/// A chat template: Jinja as transformers renders it.
///
/// Done is what the templates of Qwen, Llama, SmolLM2 and DeepSeek's distillations are written in,
/// with its values, white space and text forms as in Python: `jinja2`'s immutable sandbox with
/// `trim_blocks`, `lstrip_blocks`, `break` and `continue`, the tag `generation`, `tojson`,
/// `raise_exception` and `strftime_now`. Everything else is refused by name, never rendered
/// otherwise.
package struct Template: Sendable {
    private let statements: [TemplateStatement]

    /// - Throws: `TemplateError` naming the line.
    package init(_ text: String) throws(TemplateError) {
        statements = try TemplateParser.statements(text)
    }

    /// The text for the variables that a JSON object has.
    ///
    /// - Parameter time: the time that the template is told, in seconds since the beginning of 1970;
    ///   now if nil.
    /// - Throws: `TemplateError` naming the line; where Jinja fails, and for what takes too long,
    ///   nests too deep or becomes too large.
    package func render(_ variables: JSON, time: Int? = nil) throws(TemplateError) -> String {
        let variables = (variables.members ?? []).map {
            ($0.name, TemplateValue($0.value, origin: .given))
        }
        return try render(variables) { format in
            time.map { TemplateClock.text($0, format) } ?? TemplateClock.now(format)
        }.string
    }

    /// The text for some variables, each of which is there once, with the origins of its characters.
    func render(
        _ variables: [(String, TemplateValue)],
        time: @escaping (String) -> String? = TemplateClock.now
    ) throws(TemplateError) -> TemplateText {
        try TemplateRenderer(time: time).render(statements, variables)
    }
}
