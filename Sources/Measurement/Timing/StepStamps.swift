/// The four timing points of one step, in nanoseconds of ``Clock``.
///
/// These are the points of the documents' precise timing-point method (精确打点法).
public struct StepStamps: Equatable, Sendable {
    /// P0: the loop begins the step.
    public var loopTop: UInt64
    /// P1: the inputs of the forward pass are ready.
    public var inputsPrepared: UInt64
    /// P2: the forward pass is done.
    public var forwardDone: UInt64
    /// P3: the token is chosen and booked, and thus available to the caller.
    public var tokenBooked: UInt64

    /// Takes the stamps, P0 to P3.
    public init(
        loopTop: UInt64, inputsPrepared: UInt64, forwardDone: UInt64, tokenBooked: UInt64
    ) {
        self.loopTop = loopTop
        self.inputsPrepared = inputsPrepared
        self.forwardDone = forwardDone
        self.tokenBooked = tokenBooked
    }

    /// pre = P1 − P0, in nanoseconds.
    public var pre: Double { nanoseconds(from: loopTop, to: inputsPrepared) }
    /// forward = P2 − P1, in nanoseconds.
    public var forward: Double { nanoseconds(from: inputsPrepared, to: forwardDone) }
    /// post = P3 − P2, in nanoseconds.
    public var post: Double { nanoseconds(from: forwardDone, to: tokenBooked) }
}

/// The signed distance of two stamps: stamps read back from a file may be in any order.
func nanoseconds(from start: UInt64, to end: UInt64) -> Double {
    end >= start ? Double(end - start) : -Double(start - end)
}
