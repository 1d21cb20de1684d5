import Glibc
import SocketClient
import Synchronization

@testable import Wire

/// A server that answers `/echo` with the body and `/stream` with events by itself, and everything else
/// when a test says so.
final class TestServer {
    let server: Server
    let log = Log()
    private let loop = Loop()
    private let handler: OnLoop<TestHandler>

    init(_ limits: ServerLimits = ServerLimits()) throws {
        handler = try loop.result { [loop, log] in OnLoop(TestHandler(log), loop) }
        // The standard's own example.
        server = try Server(
            port: 0, limits: limits, on: loop, time: { 784_111_777 },
            handler: { [handler] in handler.value })
    }

    deinit {
        try? server.close()
        try? loop.shutDown()
    }

    func client(receiveBuffer: Int32? = nil) throws -> TestClient {
        try TestClient(port: server.port, receiveBuffer: receiveBuffer)
    }

    /// Does it on the loop, with the oldest response that has not ended.
    func withResponse<Result: Sendable>(
        _ body: @escaping @Sendable (Response) -> Result
    ) throws -> Result {
        try loop.result { [handler] in
            guard let response = handler.value.responses.first(where: { !$0.isOver }) else {
                throw SocketFailure("there is no response")
            }
            return body(response)
        }
    }
}

/// What a handler saw, in order.
final class Log: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    var count: Int { lines.withLock { $0.count } }

    /// The line of a number, once it is there.
    func line(_ number: Int) throws -> String {
        for _ in 0..<2000 {
            if let line = lines.withLock({ $0.count > number ? $0[number] : nil }) { return line }
            usleep(10_000)
        }
        throw SocketFailure("line \(number) never came")
    }
}

final class TestHandler: RequestHandler {
    private let log: Log
    private(set) var responses: [Response] = []

    init(_ log: Log) {
        self.log = log
    }

    func begin(_ request: Request, _ response: Response) {
        log.add("\(request.method) \(request.path) \(request.body.count)")
        switch request.path {
        case "/echo":
            response.send(Answer(status: 200, contentType: "text/plain", body: request.body))
        case "/stream":
            response.openEvents()
            response.append(event: Array("one".utf8))
            response.flush()
            response.append(event: Array("two".utf8))
            response.append(event: Array("[DONE]".utf8))
            response.close()
        default:
            responses.append(response)
            response.whenAbandoned = { [log] in log.add("abandoned: \($0)") }
        }
    }

    func answer(to refusal: Refusal) -> Answer {
        Answer(status: refusal.status, contentType: "text/plain", body: Array("\(refusal)".utf8))
    }
}
