internal import NIOCore

/// The connections of a server, and what they share.
///
/// On its loop alone.
final class Connections {
    let limits: ServerLimits
    let times: Times
    let hosts: HostNames
    let handler: any RequestHandler
    var date: HTTPDate
    /// Whether each answer is the last of its connection.
    private(set) var isStopping = false
    /// Called once, when there is none any more.
    private var whenEmpty: (() -> Void)?
    private var all: [Connection] = []
    private var bodyBytes = 0

    /// The times among the limits, as the loop counts them.
    struct Times {
        let head: TimeAmount
        let body: TimeAmount
        let idle: TimeAmount
        let stall: TimeAmount
        let linger: TimeAmount
        let silence: TimeAmount

        init(_ limits: ServerLimits) {
            head = .nanoseconds(limits.headTime.nanoseconds)
            body = .nanoseconds(limits.bodyTime.nanoseconds)
            idle = .nanoseconds(limits.idleTime.nanoseconds)
            stall = .nanoseconds(limits.stallTime.nanoseconds)
            linger = .nanoseconds(limits.lingerTime.nanoseconds)
            silence = .nanoseconds(limits.silence.nanoseconds)
        }
    }

    init(
        _ limits: ServerLimits, hosts: HostNames, date: HTTPDate, handler: any RequestHandler
    ) {
        self.limits = limits
        times = Times(limits)
        self.hosts = hosts
        self.date = date
        self.handler = handler
    }

    /// Takes a connection in.
    ///
    /// Where there are too many, the one that has waited longest for a request goes.
    ///
    /// - Throws: `Refusal.tooManyConnections`, where all are at work; it is taken in to be told.
    func add(_ connection: Connection) throws(Refusal) {
        defer {
            connection.place = all.count
            all.append(connection)
        }
        // Accepted while the listener closed.
        guard !isStopping else { return connection.close(.stopped) }
        guard all.count >= limits.connections else { return }
        let waiting = all.lazy.filter {
            $0.phase == .idle || $0.phase == .head || $0.phase == .lingering
        }
        guard let longest = waiting.min(by: { $0.deadline < $1.deadline }) else {
            throw .tooManyConnections(most: limits.connections)
        }
        longest.close(.hungUp)
    }

    func remove(_ connection: Connection) {
        let place = connection.place
        guard all.indices ~= place, all[place] === connection else { return }
        all[place] = all[all.count - 1]
        all[place].place = place
        all.removeLast()
        if isStopping { tellIfEmpty() }
    }

    /// - Throws: `Refusal.tooManyBodies`; it holds them all the same.
    func holdBody(_ byteCount: Int) throws(Refusal) {
        bodyBytes += byteCount
        guard bodyBytes <= limits.allBodyBytes else {
            throw .tooManyBodies(mostBytes: limits.allBodyBytes)
        }
    }

    func releaseBody(_ byteCount: Int) {
        bodyBytes -= byteCount
    }

    /// Looks at the time of each.
    func tick() {
        let now = NIODeadline.now()
        for connection in all { connection.tick(now) }
    }

    /// Lets each answer what it has, and closes those that have nothing.
    func stop(_ whenEmpty: @escaping () -> Void) {
        isStopping = true
        self.whenEmpty = whenEmpty
        for connection in all where connection.phase == .idle { connection.close(.stopped) }
        tellIfEmpty()
    }

    func closeAll() {
        for connection in all { connection.close(.stopped) }
    }

    private func tellIfEmpty() {
        guard all.isEmpty, let whenEmpty else { return }
        self.whenEmpty = nil
        whenEmpty()
    }
}
