import Basics
import Measurement
package import Sweep

/// The contract of ``Engine`` as a check that any engine can be put through.
package enum EngineContract {
    /// What the engine does at this point that the contract forbids; empty if nothing.
    ///
    /// It runs the point twice, once with another seed, and once with a single token.
    ///
    /// - Parameters:
    ///   - engine: What to check.
    ///   - point: Where to check it.
    ///   - seed: What its prompts are made from.
    ///   - onRealClock: Whether the engine stamps with `Clock`, as all but a scripted one do.
    /// - Returns: The broken claims of the contract.
    /// - Throws: What the engine throws.
    package static func violations(
        of engine: any Engine, at point: Point, seed: UInt64 = 1, onRealClock: Bool = true
    ) throws -> [String] {
        var violations: [String] = []
        func expect(_ holds: Bool, _ claim: String) {
            if !holds { violations.append(claim) }
        }
        func run(_ shape: Shape, seed: UInt64) throws -> UInt64? {
            let before = Clock.now()
            let observation = try engine.run(Workload(shape: shape, seed: seed))
            let after = Clock.now()
            let trace = observation.steps ?? Trace(capacity: 0)
            expect(trace.isComplete, "the call is stamped at both ends")
            expect(trace.stepCount == shape.outputLength, "every step is stamped")
            let stamps =
                [trace.callEntry ?? 0]
                + trace.steps.flatMap {
                    [$0.loopTop, $0.inputsPrepared, $0.forwardDone, $0.tokenBooked]
                } + [trace.callEnd ?? 0]
            expect(zip(stamps, stamps.dropFirst()).allSatisfy(<=), "stamps never go back")
            if onRealClock {
                expect(
                    stamps[0] >= before && stamps[stamps.count - 1] <= after,
                    "stamps are of the clock, and within the call")
            }
            expect(
                observation.requestCount == shape.batch
                    && observation.requests.allSatisfy { $0.outputTokens == shape.outputLength },
                "every sequence has exactly the tokens asked for")
            return observation.outputHash
        }

        let identity = engine.identity
        expect(
            !identity.model.isEmpty && !identity.precision.isEmpty && !identity.device.isEmpty,
            "the identity names model, precision and device")
        expect(identity.vocabularySize ?? 1 > 0, "the vocabulary is not empty")
        try engine.prepare(point)
        let first = try run(point.shape, seed: seed)
        let again = try run(point.shape, seed: seed)
        expect(first == again, "the same workload gives the same completion")
        _ = try run(point.shape, seed: seed &+ 1)
        var single = point.shape
        single.outputLength = 1
        _ = try run(single, seed: seed)
        try engine.prepare(point)
        expect(
            try run(point.shape, seed: seed) == first, "preparing again does not change the result")
        return violations
    }
}
