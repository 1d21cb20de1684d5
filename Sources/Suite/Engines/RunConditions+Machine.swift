package import Machine
package import Sweep

extension RunConditions {
    /// What the machine tells of a call, in the words of a sweep.
    ///
    /// - Parameters:
    ///   - hertz: The frequency right before the call and right after it.
    package init(
        _ disturbances: Disturbances, pins: [PinOutcome], hertz: (before: Double, after: Double)
    ) {
        self.init(
            elapsedNanoseconds: disturbances.elapsedNanoseconds,
            involuntarySwitches: disturbances.involuntarySwitches,
            minorFaults: disturbances.minorFaults,
            majorFaults: disturbances.majorFaults,
            threads: pins.count)
        migrations = disturbances.migrations
        runDelayNanoseconds = disturbances.runDelayNanoseconds
        stealNanoseconds = disturbances.stealNanoseconds
        hertzBefore = hertz.before
        hertzAfter = hertz.after
        problems = pins.filter { $0.askedCPU != nil && !$0.isPinned }.map {
            "thread \($0.worker) is not where it was asked to be: \($0.result)"
        }
    }
}
