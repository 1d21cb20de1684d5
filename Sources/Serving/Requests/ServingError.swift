/// Why a request is not taken.
package enum ServingError: Error, Equatable, CustomStringConvertible {
    /// It means nothing, or can never be done here; `field` is spelt as in OpenAI's API.
    case invalid(field: String, problem: String)
    /// As many wait as may.
    case queueFull(waiting: Int)
    /// The server takes no more.
    case closing

    package var description: String {
        switch self {
        case .invalid(let field, let problem): "\(field): \(problem)"
        case .queueFull(let waiting): "\(waiting) requests wait already; try again later"
        case .closing: "the server is shutting down; send it to another one"
        }
    }
}
