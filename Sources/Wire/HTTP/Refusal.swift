/// What the wire refuses by itself, before a handler sees a request.
package enum Refusal: Error, Equatable, CustomStringConvertible {
    /// What of it is not HTTP/1.1.
    case badFraming(String)
    case noHost
    case foreignHost(Substring)
    case unknownExpectation(String)
    case headTooLarge(mostBytes: Int)
    case bodyTooLarge(mostBytes: Int)
    case tooSlow(what: String)
    case tooManyConnections(most: Int)
    case tooManyBodies(mostBytes: Int)

    /// The status of the answer.
    package var status: Int {
        switch self {
        case .badFraming, .noHost: 400
        case .foreignHost: 421
        case .unknownExpectation: 417
        case .headTooLarge: 431
        case .bodyTooLarge: 413
        case .tooSlow: 408
        case .tooManyConnections, .tooManyBodies: 503
        }
    }

    package var description: String {
        switch self {
        case .badFraming(let what):
            "the request is not HTTP/1.1: \(what)"
        case .noHost:
            "the request has not one Host header; send one"
        case .foreignHost(let host):
            "this server is not '\(host)'; ask for it by its address, by localhost or by the name that it was bound to"
        case .unknownExpectation(let value):
            "the expectation '\(value)' is not met here; send none, or 100-continue"
        case .headTooLarge(let mostBytes):
            "the request line and headers are longer than \(mostBytes) bytes, or more than 256; send fewer"
        case .bodyTooLarge(let mostBytes):
            "the body is longer than \(mostBytes) bytes; send less"
        case .tooSlow(let what):
            "the \(what) of the request did not come in time; send it at once"
        case .tooManyConnections(let most):
            "\(most) connections are at work; try again later"
        case .tooManyBodies(let mostBytes):
            "\(mostBytes) bytes of other requests are on their way; try again later"
        }
    }
}
