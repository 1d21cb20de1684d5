import EngineDouble
import Glibc
import JSON
import Qwen
import Serving
import ServingAPI
import SocketClient
import Synchronization
import Wire

@testable import ModelServer

/// A server over a scripted core, for as long as a test runs; its model has no words.
final class RunningServer {
    let server: ModelServer
    let gate: Gate
    private var isOver = false

    /// - Parameters:
    ///   - isOpen: whether passes go on by themselves; otherwise `gate` lets each of them go.
    init(
        slots: Int = 4, isOpen: Bool = true, schedule: ServingSettings = ServingSettings(),
        key: String? = nil
    ) throws {
        let gate = Gate(isOpen: isOpen)
        let core = ScriptedCore(slots: slots, blocks: slots * 16)
        core.cost = { _ in
            gate.pass()
            return 1000
        }
        var settings = ModelServer.Settings(
            model: ServedModel(name: "m", root: "random", created: 7, context: core.capacity),
            sampling: SamplingOptions(), version: "1")
        settings.key = key.flatMap { BearerKey($0) }
        settings.unixTime = { 7 }
        self.gate = gate
        server = try ModelServer(
            core, schedule, settings, ServedWords(nil, conversation: nil), host: "127.0.0.1",
            port: 0
        ) { _ in }
    }

    deinit {
        try? end()
    }

    func end() throws {
        guard !isOver else { return }
        isOver = true
        gate.open()
        try server.end(within: 0)
    }

    func client() throws -> TestClient { try TestClient(port: server.port) }

    /// The status and the body of a whole answer.
    func ask(
        _ path: String, _ body: String? = nil, headers: String = ""
    ) throws -> (head: String, body: JSON) {
        let client = try client()
        client.ask(path, (body == nil ? "" : Self.type) + headers, body: body)
        let answer = try client.readAnswer()
        let json = Array(answer.body.utf8).withUnsafeBytes { try? JSONReader.read($0) }
        return (answer.head, json ?? .string(answer.body))
    }

    static let type = "Content-Type: application/json\r\n"

    /// The events of a stream, up to its end.
    static func events(_ client: TestClient) throws -> [String] {
        try client.read(upTo: "data: [DONE]\n\n").split(whereSeparator: \.isNewline)
            .filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }

    /// A number of `/metrics`.
    func metric(_ series: String) throws -> Double {
        let client = try client()
        client.ask("/metrics")
        let lines = try client.readAnswer().body.split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(series) }),
            let value = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw SocketFailure("no \(series) in \(lines)") }
        return value
    }

    /// Waits until a metric has a value.
    func await(_ series: String, _ value: Double) throws {
        for _ in 0..<4000 {
            if try metric(series) == value { return }
            usleep(5000)
        }
        throw SocketFailure("\(series) never became \(value)")
    }
}

/// Lets passes of a core go one by one, or all of them.
final class Gate: Sendable {
    private let passes: Mutex<Int>

    init(isOpen: Bool) { passes = Mutex(isOpen ? .max : 0) }

    func open() { passes.withLock { $0 = .max } }

    func letPass(_ count: Int) { passes.withLock { $0 += count } }

    func pass() {
        while true {
            let mayGo = passes.withLock { passes in
                guard passes > 0 else { return false }
                if passes < .max { passes -= 1 }
                return true
            }
            if mayGo { return }
            usleep(200)
        }
    }
}
