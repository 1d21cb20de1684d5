internal import Basics
internal import Glibc
package import Qwen
package import Serving
package import ServingAPI
package import Wire

/// A model behind the API: a loop for sockets, a thread for the engine.
package final class ModelServer: Sendable {
    package struct Settings: Sendable {
        package var model: ServedModel
        /// What a client must show; nil lets everybody in.
        package var key: BearerKey?
        /// How tokens are chosen where a request does not say.
        package var sampling: SamplingOptions
        /// Where draws start from, for requests without a seed; each has its own.
        package var seed: UInt64 = 0
        /// Tokens of a chat's answer at most, where a request does not say.
        package var usualLimit = Int.max
        package var version: String
        /// Seconds since 1970.
        package var unixTime: @Sendable () -> Int = { time(nil) }

        package init(model: ServedModel, sampling: SamplingOptions, version: String) {
            self.model = model
            self.sampling = sampling
            self.version = version
        }
    }

    /// Where it listens.
    package let port: Int

    private let loop: Loop
    private let reader: Loop
    private let server: Server
    private let engine: ServingEngine

    /// How often the loop is looked at.
    private static let delayInterval = Duration.milliseconds(100)
    /// For answers that are written and not yet read, once the engine has ended.
    private static let farewell = Duration.seconds(2)

    /// Serves from now on.
    ///
    /// - Parameters:
    ///   - core: used by the engine's thread alone from now on.
    ///   - names: what clients may call the server beside `host`.
    ///   - port: 0 takes any.
    ///   - log: gets a line for each request, on the loop.
    /// - Throws: `ServerError` where it cannot listen, `MachineError.threadNotStarted`.
    package init(
        _ core: some StepEngine, _ engineSettings: ServingSettings, _ settings: Settings,
        _ words: ServedWords, host: String, port: Int, names: [String] = [],
        limits: ServerLimits = ServerLimits(), log: @escaping @Sendable (String) -> Void
    ) throws {
        let (loop, reader) = (Loop(), Loop())
        let service = try loop.result {
            OnLoop(Service(settings, words, on: loop, reader: reader, log: log), loop)
        }
        let engine = try ServingEngine(core, engineSettings) { report in
            loop.execute { service.value.deliver(report) }
        }
        do {
            try loop.result { service.value.serve(engine) }
            server = try Server(host: host, port: port, names: names, limits: limits, on: loop) {
                service.value
            }
        } catch {
            engine.end(within: 0)
            throw error
        }
        loop.watchDelay(every: Self.delayInterval) { delay in
            let (seconds, attoseconds) = delay.components
            service.value.metrics.loopDelay.observe(
                Double(seconds) + Double(attoseconds) / 1e18)
        }
        self.port = server.port
        self.loop = loop
        self.reader = reader
        self.engine = engine
    }

    /// Takes no more requests, finishes those that are there within some time, tells the others that
    /// they are cancelled, and ends all threads.
    ///
    /// - Throws: what closing sockets throws.
    package func end(within seconds: Double) throws {
        server.stopAccepting()
        engine.end(within: seconds)
        _ = server.drain(within: Self.farewell)
        try server.close()
        try loop.shutDown()
        try reader.shutDown()
    }
}
