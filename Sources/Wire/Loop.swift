internal import NIOCore
internal import NIOPosix

/// One thread that reads and writes sockets and, between two of them, does what it is given, in order.
///
/// A server lives on its loop: its handler is called there, and its answers are written there.
package final class Loop: Sendable {
    let group: MultiThreadedEventLoopGroup
    let events: any EventLoop

    /// Starts the thread.
    package init() {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        events = group.next()
    }

    /// Has it done soon, by the loop.
    ///
    /// Costs the caller some microseconds where the loop sleeps.
    package func execute(_ work: @escaping @Sendable () -> Void) {
        events.execute(work)
    }

    /// Has it done by the loop, not before so much time has passed.
    package func execute(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        events.scheduleTask(in: .nanoseconds(delay.nanoseconds), work)
    }

    /// What it gives when the loop has done it.
    ///
    /// Not for the loop itself, which would wait for itself.
    package func result<Result: Sendable>(
        of work: @escaping @Sendable () throws -> Result
    ) throws -> Result {
        try events.submit(work).wait()
    }

    /// Tells again and again, on the loop, by how much the loop was late: what it does keeps everything
    /// else waiting so long.
    package func watchDelay(
        every interval: Duration, _ tell: @escaping @Sendable (Duration) -> Void
    ) {
        let wait = TimeAmount.nanoseconds(interval.nanoseconds)
        let planned = NIODeadline.now() + wait
        events.scheduleTask(deadline: planned) { [weak self] in
            tell(.nanoseconds((.now() - planned).nanoseconds))
            self?.watchDelay(every: interval, tell)
        }
    }

    /// Ends the thread, when what it does now is done.
    ///
    /// Not for the loop itself.
    package func shutDown() throws {
        try group.syncShutdownGracefully()
    }
}

/// A value that lives on a loop, which others may hold and only the loop may read.
package struct OnLoop<Value>: Sendable {
    private let bound: NIOLoopBound<Value>

    /// For the loop alone.
    package init(_ value: Value, _ loop: Loop) {
        bound = NIOLoopBound(value, eventLoop: loop.events)
    }

    /// For the loop alone.
    package var value: Value { bound.value }
}

extension Duration {
    /// Whole nanoseconds, as many as fit.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isStill) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isTooMuch || isStill ? .max : sum
    }
}
