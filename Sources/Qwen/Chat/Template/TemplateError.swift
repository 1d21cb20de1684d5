/// Why a chat template cannot be read, or gives no prompt, and where.
package struct TemplateError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// It is no template.
        case syntax
        /// It asks for something of Jinja that is not done here.
        case unsupported
        /// Jinja would fail here too.
        case failed
        /// It refuses the conversation itself, by `raise_exception`.
        case raised
        /// It takes too many steps, nests too deep or writes too much.
        case limit
    }

    package let kind: Kind
    /// Counted from 1.
    package let line: Int
    package let problem: String

    package var description: String {
        switch kind {
        case .raised: "the chat template refuses this conversation: \(problem)"
        case .unsupported:
            "in line \(line) of the chat template, \(problem), which is not implemented; give "
                + "another one with --chat-template"
        case .syntax, .failed, .limit: "in line \(line) of the chat template, \(problem)"
        }
    }
}
