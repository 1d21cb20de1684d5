internal import JSON

/// Why a request is not answered: OpenAI's error object, and the status it comes with.
package struct APIError: Error, Equatable, Sendable {
    package var status: Int
    /// `invalid_request_error`, `server_error` and so on.
    package var type: String
    package var message: String
    /// The field of the body, `messages[0].content`; nil where it is none.
    package var param: String?
    /// What programs tell it by; nil where the type says all.
    package var code: String?
    /// For 405: the methods that there are, as in `Allow`.
    package var allow: String?
    /// For 429 and 503: seconds, as in `Retry-After`.
    package var retryAfter: Int?

    package init(
        status: Int, type: String, _ message: String, param: String? = nil, code: String? = nil
    ) {
        self.status = status
        self.type = type
        self.message = message
        self.param = param
        self.code = code
    }

    /// The object: the body of an answer, or an event where a stream had begun.
    package var body: [UInt8] {
        var bytes = Array("{\"error\":{\"message\":".utf8)
        bytes.append(json: message)
        bytes += ",\"type\":".utf8
        bytes.append(json: type)
        for (name, value) in [("param", param), ("code", code)] {
            bytes += ",\"\(name)\":".utf8
            if let value { bytes.append(json: value) } else { bytes += "null".utf8 }
        }
        bytes += "}}".utf8
        return bytes
    }
}

extension APIError {
    /// A field that is wrong, or is missing.
    package static func invalid(
        _ param: String?, _ message: String, code: String? = nil
    ) -> APIError {
        APIError(
            status: 400, type: "invalid_request_error", message, param: param, code: code)
    }

    /// A field that asks for what is not done here.
    package static func unsupported(_ param: String, _ message: String) -> APIError {
        invalid(param, message, code: "unsupported_value")
    }

    /// No key, or a wrong one.
    package static let unauthorised = APIError(
        status: 401, type: "authentication_error",
        "the request shows no valid key; send the server's --api-key as 'Authorization: Bearer KEY'",
        code: "invalid_api_key")

    /// A path that there is not.
    package static func unknownPath(_ path: String) -> APIError {
        APIError(
            status: 404, type: "not_found_error", "there is no \(path.quotedForMessage) here",
            code: "unknown_url")
    }

    package static func wrongMethod(_ method: String, path: String, allow: String) -> APIError {
        var error = APIError(
            status: 405, type: "invalid_request_error",
            "\(path.quotedForMessage) does not take \(method.quotedForMessage); use \(allow)",
            code: "method_not_allowed")
        error.allow = allow
        return error
    }

    /// Another model than the one that is served.
    package static func unknownModel(_ name: String, served: String) -> APIError {
        APIError(
            status: 404, type: "not_found_error",
            "the model \(name.quotedForMessage) does not exist here; this server has '\(served)'",
            param: "model", code: "model_not_found")
    }

    /// A body that says that it is something else.
    package static func notJSON(contentType: String?) -> APIError {
        APIError(
            status: 415, type: "invalid_request_error",
            "the body's Content-Type is \(contentType.map(\.quotedForMessage) ?? "missing"); send application/json",
            code: "unsupported_media_type")
    }

    /// A prompt, with what is to follow it, that no cache has room for.
    package static func contextTooLong(
        prompt: Int, limit: Int, context: Int, param: String
    ) -> APIError {
        invalid(
            param,
            "this model's maximum context length is \(context) tokens; the request has \(prompt) in its prompt and asks for "
                + "\(limit) more; shorten either", code: "context_length_exceeded")
    }

    /// There is no place in the queue.
    package static func queueFull(waiting: Int, retryAfter: Int) -> APIError {
        var error = APIError(
            status: 429, type: "rate_limit_error",
            "\(waiting) requests wait already; try again later", code: "queue_full")
        error.retryAfter = retryAfter
        return error
    }

    /// The server loads, or ends.
    package static func unavailable(_ message: String, retryAfter: Int? = nil) -> APIError {
        var error = APIError(
            status: 503, type: "unavailable_error", message, code: "unavailable")
        error.retryAfter = retryAfter
        return error
    }

    /// What failed without the client's doing.
    package static func failed(_ message: String) -> APIError {
        APIError(status: 500, type: "server_error", message, code: "internal_error")
    }

    /// What the server below the API refuses, which has words of its own.
    package static func refused(status: Int, _ message: String) -> APIError {
        APIError(
            status: status,
            type: status == 503 ? "unavailable_error" : "invalid_request_error", message)
    }
}

extension String {
    /// In quotes, and cut: it came from outside, and may be long.
    var quotedForMessage: String {
        let cut = prefix(80)
        return "'\(cut)\(cut.endIndex == endIndex ? "" : "…")'"
    }
}
