internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// An HTTP/1.1 server on one loop.
package final class Server: Sendable {
    /// The one that it listens at: chosen by the system where 0 was asked for.
    package let port: Int

    private let loop: Loop
    private let listener: any Channel
    private let connections: OnLoop<Connections>
    private let ticks: RepeatedTask
    private let emptied: EventLoopFuture<Void>

    /// Listens from now on.
    ///
    /// Not for the loop itself.
    ///
    /// - Parameters:
    ///   - host: an address, or a name that has one.
    ///   - port: 0 takes any.
    ///   - names: what clients may call it, beside `host`, `localhost` and addresses.
    ///   - time: seconds since 1970, as answers tell them.
    ///   - handler: made once, on the loop.
    /// - Throws: `ServerError.cannotListen`.
    package init(
        host: String = "127.0.0.1", port: Int, names: [String] = [],
        limits: ServerLimits = ServerLimits(), on loop: Loop,
        time: @escaping @Sendable () -> Int = { Glibc.time(nil) },
        handler: @escaping @Sendable () -> any RequestHandler
    ) throws {
        let hosts = HostNames(names + [host])
        let connections = try loop.result {
            OnLoop(
                Connections(limits, hosts: hosts, date: HTTPDate(time), handler: handler()), loop)
        }
        do {
            listener = try Self.bootstrap(loop, connections, limits).bind(host: host, port: port)
                .wait()
        } catch {
            throw ServerError.cannotListen(host: host, port: port, reason: "\(error)")
        }
        let emptied = loop.events.makePromise(of: Void.self)
        let tick = TimeAmount.nanoseconds(limits.tick.nanoseconds)
        ticks = loop.events.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in
            connections.value.tick()
        }
        self.loop = loop
        self.connections = connections
        self.emptied = emptied.futureResult
        self.port = listener.localAddress?.port ?? port
        listener.closeFuture.whenComplete { _ in
            connections.value.stop { emptied.succeed() }
        }
    }

    private static func bootstrap(
        _ loop: Loop, _ connections: OnLoop<Connections>, _ limits: ServerLimits
    ) -> ServerBootstrap {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderListSize = limits.headBytes
        decoding.maxHeaderFieldSize = limits.headBytes
        return ServerBootstrap(group: loop.group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { [decoding] channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = Connection(connections.value)
                    try channel.pipeline.syncOperations.addHandlers(
                        SocketTap(connection),
                        ByteToMessageHandler(
                            HTTPRequestDecoder(
                                leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding)),
                        connection)
                }
            }
    }

    /// Listens no more.
    ///
    /// Requests that have come are answered; then their connections are closed.
    package func stopAccepting() {
        listener.close(promise: nil)
    }

    /// Waits for the connections to end after `stopAccepting`.
    ///
    /// Not for the loop itself.
    ///
    /// - Returns: Whether they ended in time.
    package func drain(within time: Duration) -> Bool {
        let isEmpty = loop.events.makePromise(of: Bool.self)
        let isOver = loop.events.scheduleTask(in: .nanoseconds(time.nanoseconds)) { false }
        emptied.whenSuccess { isOver.cancel() }
        isOver.futureResult.whenComplete { result in
            isEmpty.succeed((try? result.get()) ?? true)
        }
        return (try? isEmpty.futureResult.wait()) ?? false
    }

    /// Ends all connections; whoever answers is told.
    ///
    /// Not for the loop itself.
    package func close() throws {
        stopAccepting()
        loop.execute { [connections] in connections.value.closeAll() }
        try emptied.wait()
        ticks.cancel()
    }
}

/// Why there is no server.
package enum ServerError: Error, Equatable, CustomStringConvertible {
    case cannotListen(host: String, port: Int, reason: String)

    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            "cannot listen at \(host), port \(port): \(reason); choose another --host or --port"
        }
    }
}
