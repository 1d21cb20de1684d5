package import Measurement

extension Sample {
    /// A call whose forward passes take so many milliseconds, the first of them that of the prompt, and
    /// nothing else takes any time.
    package init(batch: Int = 1, inputLength: Int = 8, forward milliseconds: [Double]) {
        var now: UInt64 = 0
        let steps = milliseconds.map { time in
            let start = now
            now += UInt64(time * 1e6)
            return StepStamps(
                loopTop: start, inputsPrepared: start, forwardDone: now, tokenBooked: now)
        }
        self.init(
            shape: Shape(
                batch: batch, inputLength: inputLength, outputLength: milliseconds.count),
            detail: Trace(callEntry: 0, callEnd: now, steps: steps))
    }
}
