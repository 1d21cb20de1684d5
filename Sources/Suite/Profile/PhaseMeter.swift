package import Machine
package import Measurement
package import Profiling

/// Reads the counters of the machine while a call runs: all of them for each phase, and what the
/// process has used after each step.
///
/// Both are read between steps, outside of their timed regions. Between prefill and decode that
/// takes some milliseconds, which the first gap between tokens has in it.
package final class PhaseMeter {
    package private(set) var phases: [PhaseCounters] = []

    private let shape: Shape
    /// Open while the call runs: every thread's counters take descriptors.
    private var counters: CounterMeter?
    private let log: UsageLog

    /// - Parameter cpus: those of which steal time counts; nil for all.
    package init(_ shape: Shape, cpus: CPUSet?) {
        self.shape = shape
        counters = CounterMeter(cpus: cpus)
        // One before the call, one after each step, and one where decode begins.
        log = UsageLog(capacity: shape.outputLength + 2)
    }

    /// What the process had used, in the order of time.
    package var usage: [UsagePoint] { log.marks.map(UsagePoint.init) }

    /// The call is about to begin.
    package func callBegins() {
        counters?.begin()
        log.mark()
    }

    /// A step has ended, counted from 0.
    package func stepEnded(_ step: Int) {
        log.mark()
        guard step == 0, shape.outputLength > 1 else { return }
        end(.prefill, tokens: shape.batch * shape.inputLength)
        counters?.begin()
        log.mark()
    }

    /// The call has ended, after all its steps.
    package func callEnded() {
        if shape.outputLength > 1 {
            end(.decode, tokens: shape.batch * (shape.outputLength - 1))
        } else {
            end(.prefill, tokens: shape.batch * shape.inputLength)
        }
        counters = nil
    }

    private func end(_ phase: Phase, tokens: Int) {
        guard let counters else { preconditionFailure("the call has ended before") }
        phases.append(PhaseCounters(phase: phase, counts: counters.end(tokens: tokens)))
    }
}
