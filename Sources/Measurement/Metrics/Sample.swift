/// What one repetition says, derived from its stamps: every metric is defined here, and only here.
///
/// Written with P0…P3 of step k as P0(k)…P3(k) (see ``StepStamps``), n steps, batch B, input
/// length L. In the normal method t0, t1 are entry and end of the 1-token call, t2, t3 those of the
/// n-token call. A value that the method or the length cannot give is nil, never 0, and
/// ``remarks`` says why.
///
/// Sources: the documents' performance test for the columns named there, and the definitions of
/// TTFT, ITL and TPOT that serving benchmarks share.
public struct Sample: Equatable, Sendable {
    /// The sizes of the call; in the normal method those of the n-token call.
    public let shape: Shape
    /// How the times were found.
    public let method: TimingMethod

    /// The whole call, in nanoseconds: call end − call entry; normal: t3 − t2.
    public let responseNanoseconds: Double

    /// The whole method, in nanoseconds: the documents' ResponseTime.
    ///
    /// detail: the same as ``responseNanoseconds``; normal: t3 − t0, both calls, about one prefill
    /// more than an answer takes.
    public let methodNanoseconds: Double

    /// TTFT in milliseconds: P3(1) − call entry; normal: t1 − t0.
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
    /// Sequences run in lock step, so one gap a step holds for all of them.
    public let gaps: [Double]

    /// TPOT in milliseconds: (P3(n) − P3(1))/(n − 1); normal: the same as ``forwardNext``.
    public let tpot: Double?

    /// Why values are missing or doubtful, in a fixed order.
    public let remarks: [Remark]

    /// Derives a sample of the detail method from the trace of its call.
    ///
    /// - Precondition: the trace is complete.
    public init(shape: Shape, detail trace: Trace) {
        guard let entry = trace.callEntry, let end = trace.callEnd, trace.isComplete else {
            preconditionFailure("a sample needs a complete trace")
        }
        self.shape = shape
        method = .detail
        responseNanoseconds = nanoseconds(from: entry, to: end)
        methodNanoseconds = responseNanoseconds

        let steps = trace.steps
        let first = steps.first
        let next = steps.dropFirst()
        ttft = first.map { nanoseconds(from: entry, to: $0.tokenBooked) / 1e6 }
        forwardFirst = first.map { $0.forward / 1e6 }
        prefill = forwardFirst
        preFirst = first.map { $0.pre / 1e6 }
        postFirst = first.map { $0.post / 1e6 }
        forwardNext = Self.meanMilliseconds(next) { $0.forward }
        preNext = Self.meanMilliseconds(next) { $0.pre }
        postNext = Self.meanMilliseconds(next) { $0.post }
        gaps = zip(steps, next).map {
            nanoseconds(from: $0.tokenBooked, to: $1.tokenBooked) / 1e6
        }
        if let first, let last = next.last {
            let decode = nanoseconds(from: first.tokenBooked, to: last.tokenBooked)
            tpot = decode / 1e6 / Double(next.count)
        } else {
            tpot = nil
        }
        remarks = steps.isEmpty ? [.stepsNotStamped] : next.isEmpty ? [.singleToken] : []
    }

    /// Derives a sample of the normal method from the traces of its two calls.
    ///
    /// - Parameters:
    ///   - shape: The sizes of the n-token call.
    ///   - one: The call that generated 1 token.
    ///   - all: The call that generated all n tokens.
    /// - Precondition: both traces are complete.
    public init(shape: Shape, normalOne one: Trace, all: Trace) {
        guard let t0 = one.callEntry, let t1 = one.callEnd, let t2 = all.callEntry,
            let t3 = all.callEnd, one.isComplete, all.isComplete
        else { preconditionFailure("a sample needs complete traces") }
        self.shape = shape
        method = .normal
        responseNanoseconds = nanoseconds(from: t2, to: t3)
        methodNanoseconds = nanoseconds(from: t0, to: t3)

        let first = nanoseconds(from: t0, to: t1)
        ttft = first / 1e6
        forwardFirst = first / 1e6
        prefill = nil
        preFirst = nil
        postFirst = nil
        preNext = nil
        postNext = nil
        gaps = []
        var remarks: [Remark] = [.estimated]
        if shape.outputLength > 1 {
            let estimate = (responseNanoseconds - first) / Double(shape.outputLength - 1) / 1e6
            forwardNext = estimate
            if estimate < 0 { remarks.append(.negativeEstimate) }
        } else {
            forwardNext = nil
            remarks.insert(.singleToken, at: 0)
        }
        tpot = forwardNext
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

    /// Prompt tokens a second: B·L / ``prefill``.
    public var prefillRate: Double? { prefillWork?.rate }

    /// Tokens a second after the first: B·(n − 1) / (P3(n) − P3(1)), or B / ``tpot``.
    public var decodeRate: Double? { decodeWork?.rate }

    /// Tokens a second end to end: B·n / response time, nothing rounded.
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
        prefill.map {
            Work(tokens: Double(shape.batch) * Double(shape.inputLength), seconds: $0 / 1e3)
        }
    }

    var decodeWork: Work? {
        tpot.map {
            let steps = Double(shape.outputLength - 1)
            return Work(tokens: Double(shape.batch) * steps, seconds: $0 / 1e3 * steps)
        }
    }

    var outputWork: Work {
        Work(
            tokens: Double(shape.batch) * Double(shape.outputLength),
            seconds: responseNanoseconds / 1e9)
    }
}
