/// What one repetition says, derived from its stamps: every metric is defined here, and only here.
///
/// Written with P0…P3 of step k as P0(k)…P3(k) (see ``StepStamps``), n steps, batch B, input
/// length L. In the normal method t0, t1 are entry and end of the 1-token call, t2, t3 those of the
/// n-token call. A value that the method or the length cannot give is nil, never 0, and
/// ``remarks`` says why.
///
/// Where an engine stamps no steps, the documents' times are nil, and TTFT and TPOT are means over the
/// requests, as ``RequestSample`` defines them; in lock step all requests have the same.
///
/// Sources: the documents' performance test for the columns named there, and the definitions of
/// TTFT, ITL and TPOT that serving benchmarks share.
public struct Sample: Equatable, Sendable {
    /// The sizes of the call; in the normal method those of the n-token call.
    public let shape: Shape
    /// How the times were found.
    public let method: TimingMethod
    /// What the requests say, and the load that they made; of the n-token call in the normal method.
    public let load: LoadSample

    /// The whole call, in nanoseconds: call end − call entry; normal: t3 − t2; without a call the
    /// window of the load.
    public let responseNanoseconds: Double

    /// The whole method, in nanoseconds: the documents' ResponseTime.
    ///
    /// detail: the same as ``responseNanoseconds``; normal: t3 − t0, both calls, about one prefill
    /// more than an answer takes.
    public let methodNanoseconds: Double

    /// TTFT in milliseconds: P3(1) − call entry; normal: t1 − t0; the mean over the requests.
    public let ttft: Double?

    /// The documents' first-token time in milliseconds: P2(1) − P1(1); normal: t1 − t0.
    public let forwardFirst: Double?

    /// The forward pass of the prompt in milliseconds: P2(1) − P1(1); normal: nil.
    public let prefill: Double?

    /// pre of step 1 in milliseconds: P1(1) − P0(1); normal: nil.
    public let preFirst: Double?

    /// post of step 1 in milliseconds: P3(1) − P2(1); normal: nil.
    public let postFirst: Double?

    /// Mean of P2(k) − P1(k) over k = 2…n in milliseconds; normal: ((t3 − t2) − (t1 − t0))/(n − 1).
    ///
    /// The estimate of the normal method assumes that both calls have the same prefill; noise can
    /// make it negative, which is kept and remarked.
    public let forwardNext: Double?

    /// Mean of P1(k) − P0(k) over k = 2…n in milliseconds; normal: nil.
    public let preNext: Double?

    /// Mean of P3(k) − P2(k) over k = 2…n in milliseconds; normal: nil.
    public let postNext: Double?

    /// ITL: the gaps P3(k) − P3(k−1), k = 2…n, in milliseconds; normal: none.
    ///
    /// In lock step one gap a step holds for all sequences; else the gaps of all requests, pooled.
    public let gaps: [Double]

    /// TPOT in milliseconds: (P3(n) − P3(1))/(n − 1); normal: the same as ``forwardNext``; the mean
    /// over the requests.
    public let tpot: Double?

    /// Whether the requests are sequences of a batch that are all alike.
    public let isLockStep: Bool

    /// Tokens of all answers.
    public let outputTokens: Int
    /// What other rates are made of: tokens of the prompts, and of the steps after the first.
    private let promptTokens: Int
    private let laterTokens: Int
    /// The steps after the first in seconds; nil where they are not stamped, or there are none.
    private let laterSeconds: Double?

    /// Why values are missing or doubtful, in a fixed order.
    public let remarks: [Remark]

    /// Derives a sample of the detail method from what was seen.
    ///
    /// - Precondition: steps that are stamped are stamped as a whole.
    public init(shape: Shape, _ observation: Observation) {
        guard let trace = observation.steps else {
            self.init(shape: shape, LoadSample(observation))
            return
        }
        self.init(shape: shape, observation, trace)
    }

    private init(shape: Shape, _ observation: Observation, _ trace: Trace) {
        guard let entry = trace.callEntry, let end = trace.callEnd, trace.isComplete else {
            preconditionFailure("a sample needs a complete trace")
        }
        self.shape = shape
        method = .detail
        let load = LoadSample(observation)
        self.load = load
        isLockStep = observation.isLockStep
        responseNanoseconds = nanoseconds(from: entry, to: end)
        methodNanoseconds = responseNanoseconds

        let steps = trace.steps
        let first = steps.first
        let next = steps.dropFirst()
        forwardFirst = first.map { $0.forward / 1e6 }
        prefill = forwardFirst
        preFirst = first.map { $0.pre / 1e6 }
        postFirst = first.map { $0.post / 1e6 }
        forwardNext = Self.meanMilliseconds(next) { $0.forward }
        preNext = Self.meanMilliseconds(next) { $0.pre }
        postNext = Self.meanMilliseconds(next) { $0.post }
        let decode = next.last.flatMap { last in
            first.map { nanoseconds(from: $0.tokenBooked, to: last.tokenBooked) }
        }
        if observation.isLockStep, let request = observation.requests.first {
            ttft = first.map { nanoseconds(from: entry, to: $0.tokenBooked) / 1e6 }
            tpot = decode.map { $0 / 1e6 / Double(next.count) }
            gaps = zip(steps, next).map {
                nanoseconds(from: $0.tokenBooked, to: $1.tokenBooked) / 1e6
            }
            promptTokens = observation.copies * request.inputTokens
            laterTokens = observation.copies * (request.outputTokens - 1)
            outputTokens = observation.copies * request.outputTokens
            laterSeconds = tpot.map { $0 / 1e3 * Double(request.outputTokens - 1) }
        } else {
            ttft = load.statistics(\.ttft)?.mean
            tpot = load.statistics(\.tpot)?.mean
            gaps = load.requests.flatMap(\.gaps)
            promptTokens = load.requests.reduce(0) { $0 + $1.inputTokens }
            outputTokens = load.requests.reduce(0) { $0 + $1.outputTokens }
            laterTokens = outputTokens - load.requests.count
            laterSeconds = decode.map { $0 / 1e9 }
        }
        remarks = steps.isEmpty ? [.stepsNotStamped] : next.isEmpty ? [.singleToken] : []
    }

    /// Derives a sample of the detail method from the trace of a batch in lock step.
    ///
    /// - Precondition: the trace is complete.
    public init(shape: Shape, detail trace: Trace) {
        self.init(
            shape: shape,
            Observation(
                lockStep: trace, sequences: shape.batch, inputTokens: shape.inputLength,
                outputTokens: shape.outputLength))
    }

    /// Takes what requests say of themselves, where no steps are stamped.
    private init(shape: Shape, _ load: LoadSample) {
        self.shape = shape
        self.load = load
        isLockStep = false
        promptTokens = 0
        laterTokens = 0
        outputTokens = load.requests.reduce(0) { $0 + $1.outputTokens }
        laterSeconds = nil
        method = .detail
        responseNanoseconds = load.seconds * 1e9
        methodNanoseconds = responseNanoseconds
        ttft = load.statistics(\.ttft)?.mean
        tpot = load.statistics(\.tpot)?.mean
        gaps = load.requests.flatMap(\.gaps)
        forwardFirst = nil
        prefill = nil
        preFirst = nil
        postFirst = nil
        forwardNext = nil
        preNext = nil
        postNext = nil
        let isWhole = load.requests.contains { $0.outcome.isWhole && !$0.isStreamed }
        remarks = isWhole ? [.notStreamed] : ttft != nil && tpot == nil ? [.singleToken] : []
    }

    /// Derives a sample of the normal method from its two calls.
    ///
    /// - Parameters:
    ///   - shape: The sizes of the n-token call.
    ///   - one: The call that generated 1 token.
    ///   - all: The call that generated all n tokens.
    /// - Precondition: both calls are stamped as a whole.
    public init(shape: Shape, normalOne one: Observation, all: Observation) {
        guard let first = one.steps, let last = all.steps, let t0 = first.callEntry,
            let t1 = first.callEnd, let t2 = last.callEntry, let t3 = last.callEnd,
            first.isComplete, last.isComplete
        else { preconditionFailure("a sample needs complete traces") }
        self.shape = shape
        let load = LoadSample(all)
        self.load = load
        isLockStep = all.isLockStep
        let counts = all.requests.map(\.outputTokens)
        let steps = counts.max() ?? 0
        promptTokens = all.copies * all.requests.reduce(0) { $0 + $1.inputTokens }
        laterTokens = all.copies * counts.reduce(0) { $0 + $1 - 1 }
        outputTokens = all.copies * counts.reduce(0, +)
        method = .normal
        responseNanoseconds = nanoseconds(from: t2, to: t3)
        methodNanoseconds = nanoseconds(from: t0, to: t3)

        let firstCall = nanoseconds(from: t0, to: t1)
        ttft = firstCall / 1e6
        forwardFirst = firstCall / 1e6
        prefill = nil
        preFirst = nil
        postFirst = nil
        preNext = nil
        postNext = nil
        gaps = []
        var remarks: [Remark] = [.estimated]
        if steps > 1 {
            let estimate = (responseNanoseconds - firstCall) / Double(steps - 1) / 1e6
            forwardNext = estimate
            if estimate < 0 { remarks.append(.negativeEstimate) }
        } else {
            forwardNext = nil
            remarks.insert(.singleToken, at: 0)
        }
        tpot = forwardNext
        laterSeconds = tpot.map { $0 / 1e3 * Double(steps - 1) }
        self.remarks = remarks
    }

    private static func meanMilliseconds(
        _ steps: ArraySlice<StepStamps>, _ duration: (StepStamps) -> Double
    ) -> Double? {
        guard !steps.isEmpty else { return nil }
        return steps.reduce(0) { $0 + duration($1) } / Double(steps.count) / 1e6
    }
}

// MARK: - Rates

extension Sample {
    /// The whole call in seconds.
    public var responseTime: Double? { responseNanoseconds / 1e9 }

    /// Prompt tokens a second: B·L, or the tokens of all prompts, over ``prefill``.
    public var prefillRate: Double? { prefillWork?.rate }

    /// Tokens a second after the first: B·(n − 1), or all tokens after the first, over P3(n) − P3(1); B / ``tpot`` in
    /// the normal method; nil where the engine stamps no steps.
    public var decodeRate: Double? { decodeWork?.rate }

    /// Tokens a second end to end: B·n / response time, nothing rounded; without a call the tokens of
    /// all answers over the window.
    public var outputRate: Double? { outputWork.rate }

    /// How near the roof the forward pass of the prompts came; nil where ``prefill`` is.
    public func prefillUtilization(_ costs: PhaseCosts, under roof: Roof) -> Utilization? {
        prefillWork.flatMap { Utilization(costs.prefill, seconds: $0.seconds, roof: roof) }
    }

    /// How near the roof the steps after the first came, whole steps, pre and post included; nil
    /// where ``tpot`` is.
    public func decodeUtilization(_ costs: PhaseCosts, under roof: Roof) -> Utilization? {
        guard let cost = costs.decode, let work = decodeWork else { return nil }
        return Utilization(cost, seconds: work.seconds, roof: roof)
    }

    var prefillWork: Work? {
        prefill.map { Work(tokens: Double(promptTokens), seconds: $0 / 1e3) }
    }

    var decodeWork: Work? {
        laterSeconds.map { Work(tokens: Double(laterTokens), seconds: $0) }
    }

    var outputWork: Work {
        Work(tokens: Double(outputTokens), seconds: responseNanoseconds / 1e9)
    }
}
