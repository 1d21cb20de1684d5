internal import Machine
internal import Synchronization

/// What other threads want of the engine: appended by any, taken by one.
final class Inbox: Sendable {
    enum Order: Sendable {
        case submit(RequestID, GenerationRequest)
        /// An answer, or all of them.
        case cancel(RequestID, answer: Int?)
    }

    private struct Contents {
        var orders: [Order] = []
        /// Requests among them, those that wait behind them, and places for which nobody waits.
        var submitted = 0
        var waiting = 0
        var places: Int
        var last: UInt64 = 0
        /// When what is not done by then is cancelled; nil while requests are taken.
        var deadline: UInt64?
    }

    private let mostWaiting: Int
    private let contents: Mutex<Contents>
    private let bell = Futex(spinNanoseconds: 0)

    /// - Parameters:
    ///   - mostWaiting: requests that wait, at most, beside those for which there is a place.
    ///   - places: that there are.
    init(mostWaiting: Int, places: Int) {
        self.mostWaiting = mostWaiting
        contents = Mutex(Contents(places: places))
    }

    /// - Throws: `ServingError.queueFull`, `.closing`.
    func submit(_ request: GenerationRequest) throws(ServingError) -> RequestID {
        let id = try contents.withLock { contents throws(ServingError) in
            guard contents.deadline == nil else { throw ServingError.closing }
            let waiting = contents.waiting + contents.submitted
            guard waiting < mostWaiting + contents.places else {
                throw ServingError.queueFull(waiting: waiting)
            }
            contents.last += 1
            contents.submitted += 1
            let id = RequestID(number: contents.last)
            contents.orders.append(.submit(id, request))
            return id
        }
        bell.advance()
        return id
    }

    func cancel(_ id: RequestID, answer: Int?) {
        contents.withLock { $0.orders.append(.cancel(id, answer: answer)) }
        bell.advance()
    }

    /// Takes no more requests; an earlier deadline stands.
    func close(by deadline: UInt64) {
        contents.withLock { $0.deadline = min($0.deadline ?? .max, deadline) }
        bell.advance()
    }

    // MARK: The engine's side

    /// The number of rings so far, for `sleep`.
    var rings: UInt32 { bell.value }

    /// Takes all orders, in their order.
    ///
    /// - Returns: the deadline, once no more requests are taken.
    func take(_ orders: inout [Order]) -> UInt64? {
        orders.removeAll(keepingCapacity: true)
        return contents.withLock {
            swap(&orders, &$0.orders)
            $0.waiting += $0.submitted
            $0.submitted = 0
            return $0.deadline
        }
    }

    /// Says how many of those that were taken wait, and how many places are free.
    func tell(waiting: Int, places: Int) {
        contents.withLock {
            $0.waiting = waiting
            $0.places = places
        }
    }

    /// Returns once there were more rings.
    func sleep(since rings: UInt32) { bell.wait(while: rings) }
}
