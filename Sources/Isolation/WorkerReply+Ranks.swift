import Basics
import Measurement
import Sweep

extension WorkerReply {
    /// What the answers of all ranks, in their order, are together.
    ///
    /// A failure of one is that of all. Bytes and work add up. Of the stamps the latest count: all ranks of a
    /// host have one clock, and a step is done when the last of them is. Those of another host count from
    /// the call's beginning there, which is the same moment.
    ///
    /// - Parameters:
    ///   - hosts: That of each rank; all are on one unless given.
    ///   - facts: Makes those of all ranks one.
    init(
        joining replies: [WorkerReply], of hosts: [Int]? = nil, facts joined: ([String]) -> String
    ) {
        if let failure = Self.failure(of: replies) {
            self = failure
            return
        }
        switch replies[0] {
        case .ready(let identity, let fingerprint, _):
            self = .ready(
                identity: identity, fingerprint: fingerprint,
                facts: joined(replies.compactMap(\.facts)))
        case .description:
            self = .description(
                memory: Self.sum(replies.map(\.memoryEstimate), +),
                costs: Self.sum(replies.map(\.costs), +))
        case .ran(let first):
            let runs = replies.compactMap(\.run)
            if let other = runs.firstIndex(where: { $0.outputHash != first.outputHash }) {
                self = .failed(
                    status: .failed, reason: "ranks 0 and \(other) have chosen different tokens")
            } else {
                self = .ran(WorkerRun(joining: runs, of: hosts ?? runs.map { _ in 0 }))
            }
        case .roof:
            self = .roof(Self.sum(replies.map(\.roof), +))
        case .memory:
            self = .memory(Self.sum(replies.map(\.memoryUse), +))
        case .met, .prepared, .told, .performed, .refused, .failed, .lost:
            self = replies[0]
        }
    }

    /// The first refusal or failure, with the name of its rank where not all say the same.
    private static func failure(of replies: [WorkerReply]) -> WorkerReply? {
        guard let rank = replies.firstIndex(where: { $0.fault != nil }),
            let text = replies[rank].fault
        else { return nil }
        let named = replies.allSatisfy { $0.fault == text } ? text : "rank \(rank): \(text)"
        guard case .failed(let status, _) = replies[rank] else { return .refused(message: named) }
        return .failed(status: status, reason: named)
    }

    private var fault: String? {
        switch self {
        case .refused(let message): message
        case .failed(_, let reason): reason
        default: nil
        }
    }

    private var facts: String? {
        if case .ready(_, _, let facts) = self { facts } else { nil }
    }

    private var memoryEstimate: MemoryEstimate? {
        if case .description(let memory, _) = self { memory } else { nil }
    }

    private var costs: PhaseCosts? {
        if case .description(_, let costs) = self { costs } else { nil }
    }

    private var run: WorkerRun? { if case .ran(let run) = self { run } else { nil } }

    private var roof: Roof? { if case .roof(let roof) = self { roof } else { nil } }

    private var memoryUse: MemoryUse? { if case .memory(let use) = self { use } else { nil } }

    /// nil where one of them is.
    private static func sum<Value>(_ values: [Value?], _ add: (Value, Value) -> Value) -> Value? {
        let known = values.compactMap(\.self)
        guard known.count == values.count, let first = known.first else { return nil }
        return known.dropFirst().reduce(first, add)
    }
}

extension WorkerRun {
    /// What ranks saw of one call, each on its own.
    fileprivate init(joining runs: [WorkerRun], of hosts: [Int]) {
        /// When the call began on the host of a rank, by its clock.
        func beginning(on host: Int) -> UInt64? {
            zip(runs, hosts).filter { $0.1 == host }.compactMap(\.0.observation.entry).min()
        }
        var whole = runs[0].observation
        for (run, host) in zip(runs, hosts).dropFirst() {
            var other = run.observation
            if host != hosts[0], let here = beginning(on: hosts[0]), let there = beginning(on: host)
            {
                other.shift(by: here &- there)
            }
            whole.extend(to: other)
        }
        observation = whole
        outputHash = runs[0].outputHash
        conditions = runs.flatMap(\.conditions)
    }
}

extension ObservationRecord {
    /// Moves all stamps.
    ///
    /// - Parameter nanoseconds: less than 0 as its complement.
    fileprivate mutating func shift(by nanoseconds: UInt64) {
        entry = entry.map { $0 &+ nanoseconds }
        end = end.map { $0 &+ nanoseconds }
        steps = steps?.map { $0.map { $0 &+ nanoseconds } }
        requests = requests?.map {
            var request = $0
            request.intendedStart &+= nanoseconds
            request.sent = request.sent.map { $0 &+ nanoseconds }
            request.end = request.end.map { $0 &+ nanoseconds }
            // Of an event, the second number is its tokens.
            request.events = request.events.map { [$0[0] &+ nanoseconds] + $0.dropFirst() }
            return request
        }
    }

    /// The same call as another process of this machine saw it: it begins with the first of them, and
    /// everything else is when the last of them says so.
    fileprivate mutating func extend(to other: ObservationRecord) {
        entry = Self.join(entry, other.entry, min)
        end = Self.join(end, other.end, max)
        if let mine = steps, let others = other.steps {
            steps = zip(mine, others).map { Self.latest($0, $1) }
        }
        if let mine = requests, let others = other.requests {
            requests = zip(mine, others).map { $0.extended(to: $1) }
        }
    }

    fileprivate static func latest(_ one: [UInt64], _ other: [UInt64]) -> [UInt64] {
        zip(one, other).map { max($0, $1) }
    }

    fileprivate static func join(
        _ one: UInt64?, _ other: UInt64?, _ choose: (UInt64, UInt64) -> UInt64
    ) -> UInt64? {
        guard let one, let other else { return one ?? other }
        return choose(one, other)
    }
}

extension RequestRecord {
    fileprivate func extended(to other: RequestRecord) -> RequestRecord {
        var whole = self
        whole.intendedStart = min(intendedStart, other.intendedStart)
        whole.sent = ObservationRecord.join(sent, other.sent, min)
        whole.end = ObservationRecord.join(end, other.end, max)
        whole.events = zip(events, other.events).map { ObservationRecord.latest($0, $1) }
        return whole
    }
}

extension MemoryEstimate {
    fileprivate static func + (one: MemoryEstimate, other: MemoryEstimate) -> MemoryEstimate {
        MemoryEstimate(
            weightsBytes: one.weightsBytes + other.weightsBytes,
            kvCacheBytes: one.kvCacheBytes + other.kvCacheBytes,
            scratchBytes: one.scratchBytes + other.scratchBytes)
    }
}

extension MemoryUse {
    fileprivate static func + (one: MemoryUse, other: MemoryUse) -> MemoryUse {
        var use = MemoryUse(
            peakResidentBytes: knownSum(one.peakResidentBytes, other.peakResidentBytes))
        use.weightsHugePageBytes = knownSum(one.weightsHugePageBytes, other.weightsHugePageBytes)
        if let mine = one.nodeBytes, let others = other.nodeBytes {
            use.nodeBytes = mine.merging(others) { $0.merging($1, uniquingKeysWith: +) }
        }
        return use
    }
}

extension Roof {
    fileprivate static func + (one: Roof, other: Roof) -> Roof {
        Roof(
            readBytesPerSecond: one.readBytesPerSecond + other.readBytesPerSecond,
            operationsPerSecond: one.operationsPerSecond + other.operationsPerSecond)
    }
}

extension PhaseCosts {
    fileprivate static func + (one: PhaseCosts, other: PhaseCosts) -> PhaseCosts {
        func sum(_ one: Cost, _ other: Cost) -> Cost {
            Cost(bytes: one.bytes + other.bytes, operations: one.operations + other.operations)
        }
        var decode: Cost?
        if let mine = one.decode, let others = other.decode { decode = sum(mine, others) }
        return PhaseCosts(prefill: sum(one.prefill, other.prefill), decode: decode)
    }
}
