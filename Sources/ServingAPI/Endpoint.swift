/// What a path asks for.
package enum Endpoint: Hashable, Sendable {
    case models
    case model(String)
    case completions
    case chatCompletions
    /// `/chat/completions`, which takes questions as LLM-TPU's server does, and messages as OpenAI's.
    case questions
    case tokenize
    case detokenize
    case health
    case metrics
    case version

    /// - Throws: `APIError`, 404 for a path that there is not, 405 for a method that it does not take.
    package init(method: String, path: String) throws(APIError) {
        guard let (endpoint, taken) = Self.found(path) else { throw .unknownPath(path) }
        // Whoever serves GET serves HEAD.
        let isTaken = method == taken || (taken == "GET" && method == "HEAD")
        guard isTaken else {
            throw .wrongMethod(method, path: path, allow: taken == "GET" ? "GET, HEAD" : taken)
        }
        self = endpoint
    }

    /// Whether clients must show the key, where there is one: not for what tells nothing of a request
    /// and computes nothing, which probes and scrapers ask for without.
    package var needsKey: Bool {
        switch self {
        case .health, .metrics, .version: false
        default: true
        }
    }

    /// Whether a body comes with it.
    package var takesBody: Bool {
        switch self {
        case .completions, .chatCompletions, .questions, .tokenize, .detokenize: true
        case .models, .model, .health, .metrics, .version: false
        }
    }

    /// Each path, with its method.
    static let paths: [String: (Endpoint, method: String)] = [
        "/v1/models": (.models, "GET"),
        "/v1/completions": (.completions, "POST"),
        "/v1/chat/completions": (.chatCompletions, "POST"),
        "/chat/completions": (.questions, "POST"),
        "/tokenize": (.tokenize, "POST"), "/v1/tokenize": (.tokenize, "POST"),
        "/detokenize": (.detokenize, "POST"), "/v1/detokenize": (.detokenize, "POST"),
        "/health": (.health, "GET"),
        "/metrics": (.metrics, "GET"),
        "/version": (.version, "GET"),
    ]

    /// A model's name may have slashes.
    private static func found(_ path: String) -> (Endpoint, method: String)? {
        let models = "/v1/models/"
        if path.hasPrefix(models), path.utf8.count > models.utf8.count {
            return (.model(String(path.dropFirst(models.count))), "GET")
        }
        return paths[path]
    }
}
