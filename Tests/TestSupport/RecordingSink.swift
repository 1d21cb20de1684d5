package import Sweep

/// A sink that keeps everything, notes it in a journal, and fails when told to.
package final class RecordingSink: Sink {
    package private(set) var repetitions: [Repetition] = []
    package private(set) var results: [PointResult] = []
    package private(set) var outcomes: [Outcome] = []

    /// Thrown by the record with this number, counted from 0.
    package var failingRecord: Int?

    package struct Failure: Error, Equatable {
        package init() {}
    }

    private let journal: Journal

    package init(journal: Journal = Journal()) {
        self.journal = journal
    }

    package func begin(_ plan: Plan) {
        journal.note("begin \(plan.points.count)")
    }

    package func record(_ repetition: Repetition) throws {
        if failingRecord == repetitions.count { throw Failure() }
        repetitions.append(repetition)
        journal.note("record \(repetition.point) \(repetition.index)")
    }

    package func record(_ control: ControlRun) {
        journal.note("control \(control.group) \(control.repetition.point)")
    }

    package func finish(_ result: PointResult) {
        results.append(result)
        journal.note("finish \(result.point) \(result.status)")
    }

    package func end(_ outcome: Outcome) {
        outcomes.append(outcome)
        journal.note("end \(outcome.ending)")
    }
}
