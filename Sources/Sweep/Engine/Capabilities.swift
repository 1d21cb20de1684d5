package import Measurement

// What an engine may be able to tell or to do beside running. Each is asked between runs only.

/// An engine that knows what a call must read and compute at least.
package protocol CostCounting: Engine {
    /// Of one call of the point; nil if unknown.
    func costs(of point: Point) -> PhaseCosts?
}

/// An engine that can measure what the machine could do at best.
package protocol RoofMeasuring: Engine {
    /// What the machine can do at this moment, on the threads and pages of the runs; nil if it cannot
    /// be told. Called after ``Engine/prepare(_:)``.
    func measureRoof() -> Roof?
}

/// An engine whose memory can be seen.
package protocol MemoryCounting: Engine {
    /// What the point would take, computed and not allocated; nil if unknown.
    func memoryEstimate(for point: Point) -> MemoryEstimate?

    /// What the point took so far; nil if unknown.
    func memoryUse() -> MemoryUse?
}

/// An engine that knows what else happened on its machine.
package protocol ConditionReporting: Engine {
    /// During the last call, one for each process that took part; empty if unknown.
    func conditions() -> [RunConditions]
}

/// An engine in a process of its own, which can be started anew.
package protocol Restartable: Engine {
    /// Begins anew, as after a start of the program; the next call is ``Engine/prepare(_:)``.
    ///
    /// What differs from process to process, such as where its pages come to lie, is then drawn again.
    func restart()
}
