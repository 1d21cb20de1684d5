internal import NIOCore
internal import NIOHTTP1

/// A request as it comes, within its limits.
struct RequestAssembly {
    private(set) var request: Request
    /// Whether the client waits to be told that its body is wanted.
    let wantsContinuation: Bool
    private let mostBytes: Int

    /// - Throws: `Refusal`, for a host that is not ours, an unknown expectation, and a body that says
    ///   that it is too long.
    init(
        _ head: HTTPRequestHead, hosts: HostNames, limits: ServerLimits
    ) throws(Refusal) {
        request = try Request(head, hosts: hosts)
        mostBytes = limits.bodyBytes
        if let length = head.headers.first(name: "content-length"), Int(length) ?? .max > mostBytes
        {
            throw .bodyTooLarge(mostBytes: mostBytes)
        }
        let expectation = head.headers.first(name: "expect")
        wantsContinuation = expectation?.lowercased() == "100-continue"
        if let expectation, !wantsContinuation { throw .unknownExpectation(expectation) }
    }

    /// - Throws: `Refusal.bodyTooLarge`; nothing is added then.
    mutating func append(_ bytes: ByteBuffer) throws(Refusal) {
        guard request.body.count + bytes.readableBytes <= mostBytes else {
            throw .bodyTooLarge(mostBytes: mostBytes)
        }
        request.body += bytes.readableBytesView
    }
}

extension AnswerHead {
    /// What a request asks of its answer.
    init(_ head: HTTPRequestHead) {
        isChunkable = head.version != .http1_0
        // What follows a request to change the protocol would be in the other: none is changed to, and
        // the next request needs a connection of its own.
        let changes = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        keepsAlive = head.isKeepAlive && !changes
        hasBody = head.method != .HEAD
    }
}
