import SocketClient
import Testing

@testable import Wire

/// How a server ends, and how it does not begin.
@Suite struct EndTests {
    @Test func requestsThatCameAreAnswered() throws {
        let server = try TestServer()
        let (idle, busy) = (try server.client(), try server.client())
        idle.ask("/echo", body: "x")
        _ = try idle.readAnswer()
        busy.ask("/held")
        _ = try server.log.line(1)
        server.server.stopAccepting()
        #expect(try idle.readToEnd() == "")
        #expect(!server.server.drain(within: .milliseconds(1)))
        try server.withResponse { $0.send(Answer(status: 200, body: Array("late".utf8))) }
        let answer = try busy.readToEnd()
        #expect(answer.hasSuffix("\r\nConnection: close\r\n\r\nlate"))
        #expect(server.server.drain(within: .seconds(20)))
        #expect(throws: SocketFailure.self) { try server.client() }
    }

    @Test func whoeverAnswersAtTheEndIsTold() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held")
        _ = try server.log.line(0)
        try server.server.close()
        #expect(try server.log.line(1) == "abandoned: stopped")
        #expect(try client.readToEnd() == "")
        // Twice does no harm.
        try server.server.close()
    }

    @Test func aPortThatIsTakenIsNamed() throws {
        let server = try TestServer()
        let loop = Loop()
        defer { try? loop.shutDown() }
        let port = server.server.port
        do {
            _ = try Server(port: port, on: loop) { TestHandler(Log()) }
            Issue.record("two servers listen at one port")
        } catch let error as ServerError {
            #expect("\(error)".hasPrefix("cannot listen at 127.0.0.1, port \(port): "))
        }
    }
}
