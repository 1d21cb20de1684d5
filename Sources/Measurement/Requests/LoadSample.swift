/// What the requests of one repetition say together.
///
/// The window is the repetition, from the first intended start to the last end: the independent unit
/// of every interval. Requests in it are not independent of each other.
public struct LoadSample: Equatable, Sendable {
    /// Limits that a request of use keeps; nil for none.
    public struct Limits: Equatable, Sendable {
        /// The most that ``RequestSample/ttft`` may be, in milliseconds.
        public var ttft: Double?
        /// The most that ``RequestSample/tpot`` may be, in milliseconds.
        public var tpot: Double?
        /// The most that ``RequestSample/endToEnd`` may be, in milliseconds.
        public var endToEnd: Double?

        /// Sets the limits that there are.
        public init(ttft: Double? = nil, tpot: Double? = nil, endToEnd: Double? = nil) {
            self.ttft = ttft
            self.tpot = tpot
            self.endToEnd = endToEnd
        }

        /// Whether a whole answer came in time.
        ///
        /// A request of one token has no TPOT to be too long.
        func allows(_ request: RequestSample) -> Bool {
            func keeps(_ value: Double?, _ limit: Double?, missing: Bool) -> Bool {
                guard let limit else { return true }
                return value.map { $0 <= limit } ?? missing
            }
            return request.outcome.isWhole && keeps(request.ttft, ttft, missing: false)
                && keeps(request.tpot, tpot, missing: true)
                && keeps(request.endToEnd, endToEnd, missing: false)
        }
    }

    /// Each timeline once, as ``Observation/requests`` has them.
    private let timelines: [RequestSample]
    private let copies: Int
    /// The window in seconds.
    public let seconds: Double
    /// Requests a second whose answers are whole: ok or ended early, over the window.
    public let requestRate: Double?
    /// Tokens of all answers over the window, broken ones included: they took their time too.
    public let outputRate: Double?
    /// Tokens of all prompts that were sent, and of all answers, over the window.
    public let totalRate: Double?
    /// Requests in flight, from sending to end, as a mean over the window.
    public let concurrency: Double?
    /// The most that were in flight at once.
    public let peakConcurrency: Int

    /// Derives it; requests that still run end with the window.
    public init(_ observation: Observation) {
        let traces = observation.requests
        timelines = traces.map(RequestSample.init)
        copies = observation.copies
        let start = traces.map(\.intendedStart).min() ?? 0
        let end =
            traces.flatMap { [$0.end, $0.events.last?.time, $0.sent].compactMap(\.self) }.max()
            ?? start
        seconds = nanoseconds(from: start, to: end) / 1e9
        let copies = Double(observation.copies)
        let seconds = seconds
        func perSecond(_ count: Int) -> Double? {
            seconds > 0 ? Double(count) * copies / seconds : nil
        }
        requestRate = perSecond(traces.count { $0.outcome.isWhole })
        let output = traces.reduce(0) { $0 + $1.outputTokens }
        let input = traces.reduce(0) { $0 + ($1.sent == nil ? 0 : $1.inputTokens) }
        outputRate = perSecond(output)
        totalRate = perSecond(output + input)

        let stays = traces.compactMap { trace in
            trace.sent.map { (from: $0, to: max($0, trace.end ?? end)) }
        }
        let inFlight = stays.reduce(0) { $0 + nanoseconds(from: $1.from, to: $1.to) } / 1e9
        concurrency = seconds > 0 ? inFlight * copies / seconds : nil
        peakConcurrency = Self.peak(stays) * observation.copies
    }

    /// Every request, those that share a timeline one by one.
    public var requests: [RequestSample] {
        timelines.flatMap { Array(repeating: $0, count: copies) }
    }

    /// One time of all requests that have it, such as `\.ttft`; nil where none has.
    public func statistics(_ metric: KeyPath<RequestSample, Double?>) -> Statistics? {
        Statistics(requests.compactMap { $0[keyPath: metric] })
    }

    /// The gaps between events of all requests, pooled.
    public var gaps: Statistics? { Statistics(requests.flatMap(\.gaps)) }

    /// Tokens that an event after the first brought, as a mean: 1 where every token is its own.
    public var tokensPerEvent: Double? {
        Statistics(requests.flatMap { $0.gapTokens.map(Double.init) })?.mean
    }

    /// Little's law: the mean number in flight is the rate of arrivals times the mean stay.
    ///
    /// λ·W over ``concurrency``, with λ the whole answers over the window and W their mean E2E from
    /// sending. Near 1 where the window is one of a steady load; below it where requests were in
    /// flight that gave no whole answer, or stayed open behind their last token.
    public var littleRatio: Double? {
        guard let concurrency, concurrency > 0, let requestRate,
            let stay = statistics(\.endToEndFromSending)?.mean
        else { return nil }
        return requestRate * stay / 1e3 / concurrency
    }

    /// Requests a second that kept the limits.
    public func goodput(_ limits: Limits) -> Double? {
        seconds > 0 ? Double(requests.count { limits.allows($0) }) / seconds : nil
    }

    /// The share of all requests that kept the limits, failed ones among those that did not.
    public func goodShare(_ limits: Limits) -> Double? {
        requests.isEmpty
            ? nil : Double(requests.count { limits.allows($0) }) / Double(requests.count)
    }

    /// The most intervals that overlap; one that ends as another begins does not.
    private static func peak(_ stays: [(from: UInt64, to: UInt64)]) -> Int {
        let changes =
            stays.map { (time: $0.from, change: 1) } + stays.map { (time: $0.to, change: -1) }
        var count = 0
        var most = 0
        for (_, change) in changes.sorted(by: { ($0.time, $0.change) < ($1.time, $1.change) }) {
            count += change
            most = max(most, count)
        }
        return most
    }
}
