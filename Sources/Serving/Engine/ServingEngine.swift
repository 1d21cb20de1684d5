internal import Basics
package import Machine
internal import Synchronization

/// A core that answers requests, on a thread of its own.
///
/// `submit` and `cancel` are for any thread and return at once; what comes of them goes to the sink, on
/// the engine's thread, after each pass of the core. The sink keeps the engine from the next pass for as
/// long as it takes.
package final class ServingEngine: Sendable {
    package let limits: ServingLimits
    private let inbox: Inbox
    private let thread: Mutex<OwnThread?>

    /// Starts the thread, which has the core's place when this returns.
    ///
    /// - Parameters:
    ///   - core: used by the engine's thread alone from now on.
    ///   - sink: gets what happens, in order.
    /// - Throws: `MachineError.threadNotStarted`.
    package init<Core: StepEngine>(
        _ core: Core, _ settings: ServingSettings = ServingSettings(),
        sink: @escaping @Sendable (StepReport) -> Void
    ) throws(MachineError) {
        limits = ServingLimits(core)
        let inbox = Inbox(mostWaiting: settings.mostWaiting, places: core.slotCount)
        let begun = Futex(spinNanoseconds: 0)
        // The thread that starts this waits until the other has the core, and leaves it alone then.
        nonisolated(unsafe) let core = core
        let thread = try OwnThread(name: "tokenmark-serve", leavesPin: true) {
            core.begin()
            begun.advance()
            var loop = StepLoop(core, settings, deliver: sink)
            ServingEngine.serve(&loop, inbox)
        }
        begun.wait(while: 0)
        self.inbox = inbox
        self.thread = Mutex(thread)
    }

    deinit {
        end(within: 0)
    }

    /// Takes a request.
    ///
    /// - Returns: what its events are known by. The first may come before this returns; whoever lets
    ///   the sink hop to the thread that submits gets the id before it sees them.
    /// - Throws: `ServingError`.
    package func submit(_ request: GenerationRequest) throws(ServingError) -> RequestID {
        try request.validate(for: limits)
        return try inbox.submit(request)
    }

    /// Ends an answer, or all of a request, after the pass at hand.
    ///
    /// What has ended stays as it is. Up to then further tokens may come.
    package func cancel(_ id: RequestID, answer: Int? = nil) {
        inbox.cancel(id, answer: answer)
    }

    /// Takes no more requests, finishes those that it has, cancels what is left after some time, and
    /// returns when the thread has ended.
    ///
    /// Not for the sink. A second call waits for nothing.
    package func end(within seconds: Double) {
        let nanoseconds = max(0, min(seconds, 1e9)) * 1e9
        inbox.close(by: Clock.now() + UInt64(nanoseconds))
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    private static func serve(_ loop: inout StepLoop<some StepEngine>, _ inbox: Inbox) {
        var orders: [Inbox.Order] = []
        while true {
            let rings = inbox.rings
            let deadline = inbox.take(&orders)
            for order in orders {
                switch order {
                case .submit(let id, let request): loop.submit(id, request)
                case .cancel(let id, let answer): loop.cancel(id, answer: answer)
                }
            }
            if let deadline {
                loop.close()
                if Clock.now() >= deadline { loop.cancelAll() }
            }
            let ran = loop.step()
            inbox.tell(waiting: loop.waitingCount, places: loop.freeSlotCount)
            if deadline != nil, loop.isIdle { return }
            if !ran { inbox.sleep(since: rings) }
        }
    }
}
