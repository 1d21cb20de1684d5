/// How prompts and running answers share the engine.
package enum Schedule: Sendable, Equatable {
    /// A token for each running answer, then as much of the oldest prompts as the step has time for.
    case interleaved
    /// Whole prompts before any further token.
    case prefillFirst
    /// So many requests begin together, whole prompts first, then lock step: as a sweep runs a batch.
    case gang(Int)
}

/// How long a step may keep running answers waiting.
package enum StepTarget: Sendable, Equatable {
    /// So many times as long as a pass over them alone takes.
    case decodePasses(Double)
    case nanoseconds(Double)
}

/// How a server goes about its requests.
package struct ServingSettings: Sendable, Equatable {
    package var schedule = Schedule.interleaved
    package var stepTarget = StepTarget.decodePasses(4)
    /// Requests that wait for a place, at most, beside those for which there is one.
    package var mostWaiting = 1024
    /// Tokens that end an answer, unless a request ignores them.
    package var endTokens: Set<Int32> = []

    package init() {}
}
