package import Measurement

/// Something that runs prompts and stamps what it does.
///
/// The contract, which `EngineContract` in the test support checks:
/// - ``prepare(_:)`` takes every allocation that the point needs, so that ``run(_:into:)`` takes
///   none; it may be called again, with another point or the same.
/// - ``run(_:into:)`` generates exactly the tokens asked for, in lock step over the batch, and never
///   stops early. A workload is never larger than the prepared point; it may have fewer tokens out.
/// - The prompts are random token ids below ``EngineIdentity/vocabularySize``, made from the seed
///   before the call is entered. The same workload gives the same ``Completion``.
/// - The trace is marked in the order that ``Trace`` shows: the entry when the ids are ready, the
///   end when the last token is booked and nothing is left running.
/// - An error says in one line what is wrong; it becomes the reason of the row. One that conforms to
///   ``PointStatusError`` chooses the status too.
package protocol Engine: AnyObject {
    /// What runs, for the report.
    var identity: EngineIdentity { get }

    /// What the point would take, computed and not allocated; nil if unknown.
    func memoryEstimate(for point: Point) -> MemoryEstimate?

    /// What one call of the point must read and compute at least; nil if unknown.
    func costs(of point: Point) -> PhaseCosts?

    /// What else happened during the last call; nil if unknown. Called between runs only.
    func conditions() -> RunConditions?

    /// What the point took so far; nil if unknown. Called between runs only.
    func memoryUse() -> MemoryUse?

    /// Measures what the machine can do at this moment, on the threads and pages of the runs; nil if
    /// the engine cannot tell. Called between runs only, after ``prepare(_:)``.
    func measureRoof() -> Roof?

    /// Begins anew, as after a start of the program; the next call is ``prepare(_:)``.
    ///
    /// For an engine in a process of its own: what differs from process to process, such as where its
    /// pages come to lie, is then drawn again.
    func restart()

    /// Gets ready for runs of the point.
    func prepare(_ point: Point) throws

    /// Runs one call and stamps it.
    func run(_ workload: Workload, into trace: inout Trace) throws -> Completion
}

extension Engine {
    package func costs(of point: Point) -> PhaseCosts? { nil }
    package func restart() {}
    package func conditions() -> RunConditions? { nil }
    package func memoryUse() -> MemoryUse? { nil }
    package func measureRoof() -> Roof? { nil }
}

/// An error that says how its point came out, where that is not simply `failed`.
package protocol PointStatusError: Error {
    var status: Status { get }
}

/// What an engine is asked to run in one call.
package struct Workload: Equatable, Sendable {
    package var shape: Shape
    /// What the random prompt is made from; sequences of a batch have different prompts.
    package var seed: UInt64

    package init(shape: Shape, seed: UInt64) {
        self.shape = shape
        self.seed = seed
    }

    package var batch: Int { shape.batch }
    package var inputLength: Int { shape.inputLength }
    package var outputLength: Int { shape.outputLength }
}
