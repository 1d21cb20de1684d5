internal import NIOCore
internal import NIOHTTP1

/// A client's connection: one request after the other, each answered before the next is looked at.
final class Connection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never

    enum Phase {
        /// Between requests.
        case idle
        /// The head of a request comes.
        case head
        case body
        case answering
        /// The last answer is given; what still comes is dropped, so that the client can read it.
        case lingering
        case closed
    }

    private(set) var phase = Phase.idle
    /// When the phase has taken too long.
    private(set) var deadline: NIODeadline
    /// Where it stands among the connections of its server.
    var place = 0

    /// Writes its answers.
    let sender: Sender

    private let server: Connections
    private var assembly: RequestAssembly?
    private var response: Response?
    private var whyClosed = Response.Abandonment.hungUp

    /// What came before its turn: a client may send requests without waiting for answers.
    private var early = CircularBuffer<Result<HTTPServerRequestPart, Refusal>>()
    private var isTakingEarly = false
    private var wantsRead = false

    init(_ server: Connections) {
        self.server = server
        sender = Sender(
            mostUnsentBytes: server.limits.unsentBytes, stallTime: server.times.stall,
            date: { server.date.text() })
        deadline = .now() + server.times.idle
    }

    private func enter(_ phase: Phase, for time: TimeAmount? = nil) {
        self.phase = phase
        deadline = time.map { .now() + $0 } ?? .distantFuture
    }
}

// MARK: - The channel

extension Connection {
    func handlerAdded(context: ChannelHandlerContext) {
        sender.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        sender.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        do throws(Refusal) {
            try server.add(self)
        } catch {
            refuse(error)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        enter(.closed)
        server.remove(self)
        forgetAssembly()
        early.removeAll()
        let response = self.response
        self.response = nil
        if let response {
            // A call of the response's owner may have found the end: it is told after that.
            context.eventLoop.assumeIsolated().execute { [whyClosed] in
                response.abandon(whyClosed)
            }
        }
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        sender.isBehind = !context.channel.isWritable
        context.fireChannelWritabilityChanged()
    }

    /// Whether bytes that came may be read.
    ///
    /// The first of a request begins its time.
    func takesBytes() -> Bool {
        if phase == .idle { enter(.head, for: server.times.head) }
        return phase != .lingering && phase != .closed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(.success(Self.unwrapInboundIn(data)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? HTTPParserError {
        case .headerOverflow?: take(.failure(.headTooLarge(mostBytes: server.limits.headBytes)))
        // The client went within a request.
        case .invalidEOFState?: break
        case let error?: take(.failure(.badFraming("\(error)")))
        case nil: close(.hungUp)
        }
    }

    /// Nothing is read while an answer is under way, so that little comes early.
    func read(context: ChannelHandlerContext) {
        if phase == .answering { wantsRead = true } else { context.read() }
    }

    /// Closes it at once; whoever answers is told why.
    func close(_ reason: Response.Abandonment) {
        guard phase != .closed else { return }
        whyClosed = reason
        enter(.closed)
        sender.context?.close(promise: nil)
    }

    /// Looks at the time.
    func tick(_ now: NIODeadline) {
        if sender.hasStalled(now) {
            close(.tooSlow)
        } else if now >= deadline {
            switch phase {
            case .head: refuse(.tooSlow(what: "head"))
            case .body: refuse(.tooSlow(what: "body"))
            case .idle, .lingering: close(.hungUp)
            case .answering, .closed: break
            }
        } else if phase == .answering {
            sender.breakSilence(now, after: server.times.silence)
        }
    }
}

// MARK: - Requests

extension Connection {
    private func take(_ part: Result<HTTPServerRequestPart, Refusal>) {
        if phase == .answering || isTakingEarly {
            early.append(part)
        } else {
            takeInTurn(part)
        }
    }

    private func takeInTurn(_ part: Result<HTTPServerRequestPart, Refusal>) {
        do throws(Refusal) {
            switch try part.get() {
            case .head(let head): try begin(head)
            case .body(let bytes): try append(bytes)
            case .end: complete()
            }
        } catch {
            refuse(error)
        }
    }

    private func begin(_ head: HTTPRequestHead) throws(Refusal) {
        enter(.body, for: server.times.body)
        sender.head = AnswerHead(head)
        let assembly = try RequestAssembly(head, hosts: server.hosts, limits: server.limits)
        if assembly.wantsContinuation, sender.head.isChunkable { sender.sendContinuation() }
        self.assembly = assembly
    }

    private func append(_ bytes: ByteBuffer) throws(Refusal) {
        try assembly?.append(bytes)
        try server.holdBody(bytes.readableBytes)
    }

    private func forgetAssembly() {
        server.releaseBody(assembly?.request.body.count ?? 0)
        assembly = nil
    }

    private func complete() {
        guard let request = assembly?.request else { return }
        forgetAssembly()
        enter(.answering)
        let response = Response(self)
        self.response = response
        server.handler.begin(request, response)
    }

    /// What came before its turn.
    ///
    /// A handler may answer at once: then this is called within itself, and the outer one goes on.
    private func takeEarly() {
        guard !isTakingEarly else { return }
        isTakingEarly = true
        defer { isTakingEarly = false }
        while phase == .idle || phase == .head || phase == .body, let part = early.popFirst() {
            if phase == .idle { enter(.head, for: server.times.head) }
            takeInTurn(part)
        }
    }
}

// MARK: - Answers

extension Connection {
    func send(_ answer: Answer) {
        guard phase == .answering else { return }
        if server.isStopping { sender.head.keepsAlive = false }
        sender.send(answer)
        finish()
    }

    func flush() {
        guard phase == .answering else { return }
        if !sender.flush() { close(.tooSlow) }
    }

    func closeEvents() {
        guard phase == .answering else { return }
        sender.closeEvents()
        finish()
    }

    /// Refuses what comes, and every request after it.
    private func refuse(_ refusal: Refusal) {
        guard phase != .lingering, phase != .closed else { return }
        forgetAssembly()
        early.removeAll()
        var answer = server.handler.answer(to: refusal)
        answer.status = refusal.status
        sender.head.keepsAlive = false
        sender.send(answer)
        finish()
    }

    private func finish() {
        response = nil
        // Where the socket failed meanwhile.
        guard phase != .closed else { return }
        let staysOpen = sender.head.keepsAlive && !server.isStopping
        sender.head = AnswerHead()
        if staysOpen {
            enter(.idle, for: server.times.idle)
            takeEarly()
        } else {
            enter(.lingering, for: server.times.linger)
            sender.context?.close(mode: .output, promise: nil)
        }
        guard wantsRead, phase != .answering else { return }
        wantsRead = false
        sender.context?.read()
    }
}
