import CLinuxShims
import Glibc
import Synchronization

/// Threads that sit on chosen CPUs and run one piece of work together, again and again.
///
/// Worker 0 is the thread that calls: `init` pins it, `run` pins it anew if it comes from another
/// thread, and `shutdown` gives the thread that is pinned last its own mask back. Until then,
/// threads that it starts inherit its CPU. The other workers are threads of the pool, named
/// `tokenmark-1` and up.
///
/// Between runs the workers spin for a while, then sleep.
package final class WorkerPool: @unchecked Sendable {
    // Sendable: `caller` and `crew.body` are written only between taking and giving back `isBusy`,
    // which one thread at a time can do; everything else is constant or atomic.

    /// How long a thread that waits spins before it sleeps, if every worker has a CPU: longer than
    /// the serial work between two runs of a decode step, shorter than anyone would notice.
    package static let spinNanoseconds: UInt64 = 100_000

    /// The same if the workers cannot all run at once, and who spins keeps another from running.
    package static let oversubscribedSpinNanoseconds: UInt64 = 1_000

    /// How many workers there are, the calling thread included.
    package let workerCount: Int

    /// Where each worker was asked to sit and where it does.
    package var pins: [PinOutcome] { [caller.pin] + crewPins }

    /// Why the kernel lets nobody pin threads, as in a container; nil if it was not asked or does.
    package var pinRefusal: ErrorNumber? {
        for pin in pins {
            if case .failed(let error) = pin.result, error.saysNotPermitted { return error }
        }
        return nil
    }

    private let seat: Placement.Seat
    private let crew: Crew
    private let crewPins: [PinOutcome]
    private let threads: [OwnThread]
    private let first: Worker
    private let isBusy = Atomic(false)
    private var caller: PinnedCaller
    private var isShutDown = false

    /// Starts the threads, pins them and the calling thread, and waits until all are in place.
    ///
    /// A CPU that the kernel refuses is no error here but an outcome in `pins`.
    ///
    /// - Parameters:
    ///   - placement: The CPU of each worker.
    ///   - spinNanoseconds: How long a waiting thread spins before it sleeps; by default
    ///     `spinNanoseconds`, or `oversubscribedSpinNanoseconds` if the placement says so or has
    ///     more workers than the calling thread may use CPUs.
    /// - Throws: `MachineError.threadNotStarted` if the system has no more threads to give.
    package init(placement: Placement, spinNanoseconds: UInt64? = nil) throws(MachineError) {
        let count = placement.workerCount
        let allowed = CPUAffinity.current?.count ?? count
        let isOversubscribed = placement.isOversubscribed || allowed < count
        let spin =
            spinNanoseconds
            ?? (isOversubscribed ? Self.oversubscribedSpinNanoseconds : Self.spinNanoseconds)
        let crew = Crew(teams: placement.teams, spinNanoseconds: spin)
        var threads: [OwnThread] = []
        for index in 1..<count {
            let cpu = placement.seats[index].cpu
            do {
                threads.append(
                    try OwnThread(name: "tokenmark-\(index)", index: index, leavesPin: false) {
                        crew.serve(as: crew.worker(index), cpu: cpu)
                    })
            } catch {
                crew.dismiss(threads)
                throw error
            }
        }
        self.workerCount = count
        self.crew = crew
        self.threads = threads
        self.seat = placement.seats[0]
        self.first = crew.worker(0)
        // The workers have been started with the caller's own mask; only now is it narrowed.
        self.caller = PinnedCaller(cpu: seat.cpu)
        self.crewPins = crew.awaitPins(count: threads.count)
    }

    deinit {
        shutdown()
    }

    /// Runs `body` once on every worker and returns when all are done.
    ///
    /// What the caller wrote before can be read by all workers, and what they wrote by the caller
    /// after. Allocates nothing by itself; a closure literal that captures allocates where it is
    /// formed, so store the body that runs per token.
    ///
    /// - Precondition: The pool is not running already, on this or another thread, and not shut
    ///   down.
    package func run(_ body: @escaping @Sendable (Worker) -> Void) {
        take()
        precondition(!isShutDown, "the pool is shut down")
        if !caller.isCurrent {
            caller.release()
            caller = PinnedCaller(cpu: seat.cpu)
        }
        crew.run(body, as: first)
        giveBack()
    }

    /// Ends the threads and gives the calling thread its own CPU mask back.
    ///
    /// A second call does nothing.
    ///
    /// - Precondition: The pool is not running.
    package func shutdown() {
        take()
        if !isShutDown {
            isShutDown = true
            crew.dismiss(threads)
            caller.release()
        }
        giveBack()
    }

    private func take() {
        let wasBusy = isBusy.exchange(true, ordering: .acquiring)
        precondition(!wasBusy, "the pool is running already")
    }

    private func giveBack() {
        isBusy.store(false, ordering: .releasing)
    }
}
