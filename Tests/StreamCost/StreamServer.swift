import Basics
import Glibc
import ServingAPI
import Wire

/// Gives every stream its next token, one step after the other.
struct StreamServer {
    let streams: Int
    let rows: Int
    let seconds: Int
    /// Tokens a second; nil is as fast as the loop takes them.
    let rate: Int?

    func run() throws {
        OpenFiles.raiseLimit()
        let loop = Loop()
        let handler = try loop.result { OnLoop(StreamHandler(), loop) }
        var limits = ServerLimits()
        limits.connections = 100_000
        let server = try Server(port: 0, limits: limits, on: loop) { handler.value }
        let reader = try Child(arguments: ["read", "\(server.port)", "\(streams)"])
        while try loop.result(of: { handler.value.streams.count }) < streams { usleep(10_000) }

        let before = processTime()
        let begin = Clock.now()
        let end = begin + UInt64(seconds) * 1_000_000_000
        var step = 0
        while Clock.now() < end {
            let first = step * rows
            let rows = rows
            if let rate { wait(until: begin + UInt64(1e9 * Double(first) / Double(rate))) }
            let stamp = Clock.now()
            // One hop a step; the next step begins when this one is on its way.
            try loop.result { handler.value.step(first: first, rows: rows, stamp: stamp) }
            step += 1
        }
        let elapsed = Double(Clock.now() - begin) / 1e9
        let time = processTime() - before
        let delays = try loop.result { handler.value.delays.sorted() }
        let abandoned = try loop.result { handler.value.abandoned }
        try server.close()
        try loop.shutDown()
        reader.wait()

        let tokens = Double(delays.count)
        print(
            """
            server: \(streams) streams, \(rows) tokens a step: \(Int(tokens / elapsed)) tokens/s, \
            \(text(time / tokens * 1e6)) µs CPU a token, from step to socket \
            p50 \(text(millis(delays, 0.5))) p99 \(text(millis(delays, 0.99))) ms, \(abandoned) given up
            """)
    }

    private func wait(until time: UInt64) {
        var moment = timespec(
            tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, nil)
    }

    private func millis(_ sorted: [UInt32], _ share: Double) -> Double {
        sorted.isEmpty ? .nan : Double(sorted[Int(share * Double(sorted.count - 1))]) / 1e6
    }
}

/// Opens a stream for every request.
final class StreamHandler: RequestHandler {
    struct Stream {
        let response: Response
        var writer: ChunkWriter
    }

    private(set) var streams: [Stream] = []
    /// From the step's stamp to the socket, in nanoseconds.
    private(set) var delays: [UInt32] = []
    private(set) var abandoned = 0
    private var bytes: [UInt8] = []

    func begin(_ request: Request, _ response: Response) {
        let number = UInt64(streams.count)
        response.openEvents()
        response.whenAbandoned = { [unowned self] reason in
            if reason != .stopped { abandoned += 1 }
        }
        let identity = AnswerIdentity(.chat, number: number, created: 1, model: "model")
        let writer = ChunkWriter(
            identity, choices: 1, stream: GenerationFields.StreamFields())
        streams.append(Stream(response: response, writer: writer))
    }

    func answer(to refusal: Refusal) -> Answer { Answer(status: refusal.status) }

    func step(first: Int, rows: Int, stamp: UInt64) {
        for row in first..<(first + rows) {
            let place = row % streams.count
            bytes.removeAll(keepingCapacity: true)
            let delta = ChunkWriter.Delta(text: "\(stamp)")
            streams[place].writer.append(delta, to: &bytes)
            streams[place].response.append(event: bytes)
            streams[place].response.flush()
            delays.append(UInt32(clamping: Clock.now() - stamp))
        }
    }
}
