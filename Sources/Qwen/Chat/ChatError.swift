/// Why a conversation cannot be held, or not go on, in one line that names the remedy.
package enum ChatError: Error, Equatable, CustomStringConvertible {
    case noMarkup(missing: String)
    case noUsualTemplate(names: [String])
    case messageTooLong(tokens: Int, window: Int)
    case noToken

    package var description: String {
        switch self {
        case .noMarkup(let missing):
            "the model has no chat template, and its vocabulary no \(missing), with which chats are "
                + "written otherwise; give the weights of a chat model or a --chat-template, or use "
                + "tokenmark generate"
        case .noUsualTemplate(let names):
            "the model has several chat templates and none called default; give --chat-template "
                + "with a file or one of \(names.joined(separator: ", "))"
        case .messageTooLong(let tokens, let window):
            "the message is \(tokens) tokens long with the system text, and there is room for "
                + "\(window); write less, or give a larger --max-seq-len or a smaller "
                + "--max-new-tokens"
        case .noToken:
            "the chat template makes no token of this conversation; give another with --chat-template"
        }
    }
}
