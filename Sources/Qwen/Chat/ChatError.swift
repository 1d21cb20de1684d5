/// Why a conversation cannot be held, or not go on, in one line that names the remedy.
package enum ChatError: Error, Equatable, CustomStringConvertible {
    case noMarkup(missing: String)
    case messageTooLong(tokens: Int, window: Int)

    package var description: String {
        switch self {
        case .noMarkup(let missing):
            "the model's vocabulary has no \(missing), with which chats are written; give the "
                + "weights of a chat model, or use tokenmark generate"
        case .messageTooLong(let tokens, let window):
            "the message is \(tokens) tokens long with the system text, and there is room for "
                + "\(window); write less, or give a larger --max-seq-len or a smaller "
                + "--max-new-tokens"
        }
    }
}
