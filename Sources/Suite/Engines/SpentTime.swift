internal import Measurement
internal import Qwen
internal import Sweep

/// What a rank has spent in a call on its own work and on waiting for others.
struct SpentTime {
    private let before: RankExchange
    private var afterPrompts: RankExchange

    /// At the beginning of the call.
    init(_ meeting: RankMeeting?) {
        before = meeting?.exchange ?? RankExchange()
        afterPrompts = before
    }

    /// After the first step.
    mutating func promptsEnded(_ meeting: RankMeeting?) {
        if let meeting { afterPrompts = meeting.exchange }
    }

    /// At the end of the call.
    func share(_ meeting: RankMeeting?, _ trace: Trace) -> ProcessShare {
        let after = meeting?.exchange ?? afterPrompts
        let passes = trace.steps.map { Int(clamping: $0.forwardDone &- $0.inputsPrepared) }
        return ProcessShare(
            prefillNanoseconds: passes.first,
            decodeNanoseconds: passes.isEmpty ? nil : passes.dropFirst().reduce(0, &+),
            prefillWaitNanoseconds: Int(
                clamping: afterPrompts.waitedNanoseconds &- before.waitedNanoseconds),
            decodeWaitNanoseconds: Int(
                clamping: after.waitedNanoseconds &- afterPrompts.waitedNanoseconds),
            exchangedBytes: after.bytes &- before.bytes)
    }
}
