/// One of the threads that run the body of `WorkerPool.run` together.
package struct Worker: Sendable {
    /// Which one, in `0..<count`; 0 is the thread that called `run`.
    package let index: Int
    /// How many there are.
    package let count: Int

    private let meeting: Barrier
    /// Whom it meets first: those that share its last-level cache.
    let team: Int

    init(index: Int, count: Int, team: Int, meeting: Barrier) {
        self.index = index
        self.count = count
        self.team = team
        self.meeting = meeting
    }

    /// Returns once every worker of the pool has called it.
    ///
    /// What any worker wrote before can be read by all after. Every worker must call it equally
    /// often within a run; otherwise those who wait do so for ever.
    package func barrier() {
        meeting.wait(team: team)
    }
}
