package import Measurement

/// An ``Observation`` as files and pipes have it.
///
/// A batch in lock step is its call alone: entry, end, the four stamps of every step, and how many
/// sequences of how many tokens it was. Other requests are listed, with the call where there is one.
package struct ObservationRecord: Codable, Equatable, Sendable {
    /// Of the call, in nanoseconds of the monotonic clock.
    package var entry: UInt64?
    package var end: UInt64?
    /// P0, P1, P2, P3 of every step; nil if steps were not stamped.
    package var steps: [[UInt64]]?
    /// Sequences in lock step, and the tokens that each of them has; version 1 has neither, for a
    /// sweep takes no batch that is not whole.
    package var sequences: Int?
    package var tokens: Int?
    /// Tokens of the prompt of each; version 1 has those of the point.
    package var inputTokens: Int?
    package var requests: [RequestRecord]?

    enum CodingKeys: String, CodingKey {
        case entry = "entry_ns"
        case end = "end_ns"
        case steps = "steps_ns"
        case inputTokens = "input_tokens"
        case sequences, tokens, requests
    }

    /// Why a record is none of a run.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package init(_ observation: Observation) {
        entry = observation.steps?.callEntry
        end = observation.steps?.callEnd
        if let trace = observation.steps, trace.stampsSteps {
            steps = trace.steps.map {
                [$0.loopTop, $0.inputsPrepared, $0.forwardDone, $0.tokenBooked]
            }
        }
        if observation.isLockStep {
            sequences = observation.copies
            tokens = observation.requests.first?.outputTokens
            inputTokens = observation.requests.first?.inputTokens
        } else {
            requests = observation.requests.flatMap {
                Array(repeating: RequestRecord($0), count: observation.copies)
            }
        }
    }

    /// The run of a call of this shape.
    ///
    /// - Throws: ``Failure`` that says what cannot be.
    package func observation(
        of shape: Shape, outputHash: UInt64? = nil
    ) throws(Failure) -> Observation {
        var trace: Trace?
        if let entry, let end {
            let stamps = steps ?? []
            guard stamps.allSatisfy({ $0.count == 4 }) else {
                throw Failure(description: "a step that does not have four stamps")
            }
            trace = Trace(
                callEntry: entry, callEnd: end,
                steps: stamps.map {
                    StepStamps(
                        loopTop: $0[0], inputsPrepared: $0[1], forwardDone: $0[2],
                        tokenBooked: $0[3])
                },
                stampsSteps: steps != nil)
        }
        if let requests {
            var traces: [RequestTrace] = []
            for request in requests { traces.append(try request.trace()) }
            return Observation(requests: traces, steps: trace, outputHash: outputHash)
        }
        guard let trace else { throw Failure(description: "a call without its entry or its end") }
        let sequences = sequences ?? shape.batch
        let tokens = tokens ?? shape.outputLength
        let inputTokens = inputTokens ?? shape.inputLength
        guard [sequences, inputTokens, tokens].allSatisfy((1...Grid.largestValue).contains) else {
            throw Failure(
                description: "\(sequences) sequences of \(inputTokens) and \(tokens) tokens")
        }
        return Observation(
            lockStep: trace, sequences: sequences, inputTokens: inputTokens,
            outputTokens: tokens, outputHash: outputHash)
    }
}

/// A ``RequestTrace`` as files and pipes have it.
package struct RequestRecord: Codable, Equatable, Sendable {
    package var inputTokens: Int
    package var intendedStart: UInt64
    package var sent: UInt64?
    /// Time and tokens of each event.
    package var events: [[UInt64]]
    /// False where the answer came whole; true if it is not there.
    package var isStreamed: Bool?
    /// False where it is only known within which call the answer came; true if it is not there.
    package var isEndKnown: Bool?
    package var end: UInt64?
    package var outcome: String
    package var reason: String?

    enum CodingKeys: String, CodingKey {
        case inputTokens = "input_tokens"
        case intendedStart = "intended_start_ns"
        case sent = "sent_ns"
        case events = "events_ns_tokens"
        case isStreamed = "streamed"
        case isEndKnown = "end_known"
        case end = "end_ns"
        case outcome, reason
    }

    init(_ trace: RequestTrace) {
        inputTokens = trace.inputTokens
        intendedStart = trace.intendedStart
        sent = trace.sent
        events = trace.events.map { [$0.time, UInt64($0.tokens)] }
        isStreamed = trace.isStreamed ? nil : false
        isEndKnown = trace.isEndKnown ? nil : false
        end = trace.end
        (outcome, reason) =
            switch trace.outcome {
            case .ok: ("ok", nil)
            case .endedEarly: ("ended_early", nil)
            case .refused(let reason): ("refused", reason)
            case .failed(let reason): ("failed", reason)
            case .cutOff(let reason): ("cut_off", reason)
            }
    }

    func trace() throws(ObservationRecord.Failure) -> RequestTrace {
        guard events.allSatisfy({ $0.count == 2 && $0[1] <= UInt64(Grid.largestValue) }) else {
            throw ObservationRecord.Failure(
                description: "a request with an event that is not a time and a number of tokens")
        }
        let outcome: RequestTrace.Outcome? =
            switch self.outcome {
            case "ok": .ok
            case "ended_early": .endedEarly
            case "refused": .refused(reason: reason ?? "")
            case "failed": .failed(reason: reason ?? "")
            case "cut_off": .cutOff(reason: reason ?? "")
            default: nil
            }
        guard let outcome else {
            throw ObservationRecord.Failure(
                description: "a request with the outcome \"\(self.outcome)\"")
        }
        let trace = RequestTrace(
            inputTokens: inputTokens, intendedStart: intendedStart, sent: sent,
            events: events.map { RequestTrace.Event(time: $0[0], tokens: Int($0[1])) },
            isStreamed: isStreamed ?? true, isEndKnown: isEndKnown ?? true, end: end,
            outcome: outcome)
        if let fault = trace.fault {
            throw ObservationRecord.Failure(description: "a request \(fault)")
        }
        return trace
    }
}

extension RequestTrace {
    /// What cannot be of it, as a part of a sentence; nil if nothing.
    var fault: String? {
        let sizes = 0...Grid.largestValue
        if !sizes.contains(inputTokens) { return "with a prompt of \(inputTokens) tokens" }
        if let event = events.first(where: { $0.tokens < 1 || !sizes.contains($0.tokens) }) {
            return "with an event of \(event.tokens) tokens"
        }
        let isOrdered = zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time }
        return isOrdered ? nil : "whose events are not in the order of their times"
    }
}
