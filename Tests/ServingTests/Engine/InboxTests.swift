import Testing

@testable import Serving

/// Orders in their order, and no more requests than there is place for.
@Suite struct InboxTests {
    private let request = GenerationRequest(prompt: [1], limit: 1)

    private func numbers(_ orders: [Inbox.Order]) -> [String] {
        orders.map {
            switch $0 {
            case .submit(let id, _): "submit \(id.number)"
            case .cancel(let id, let answer):
                "cancel \(id.number) \(answer.map(String.init) ?? "all")"
            }
        }
    }

    @Test func ordersAreTakenOnceAndInTheirOrder() throws {
        let inbox = Inbox(mostWaiting: 10, places: 1)
        var orders: [Inbox.Order] = []
        #expect(inbox.take(&orders) == nil)
        #expect(orders.isEmpty)
        let rings = inbox.rings
        let first = try inbox.submit(request)
        _ = try inbox.submit(request)
        inbox.cancel(first, answer: nil)
        inbox.cancel(first, answer: 2)
        #expect(inbox.rings != rings, "whoever sleeps is woken")
        inbox.sleep(since: rings)
        _ = inbox.take(&orders)
        #expect(numbers(orders) == ["submit 1", "submit 2", "cancel 1 all", "cancel 1 2"])
        _ = inbox.take(&orders)
        #expect(orders.isEmpty)
        #expect(try inbox.submit(request).number == 3)
    }

    /// Two may wait beside the one for whom there is a place.
    @Test func moreThanMayWaitAreRefused() throws {
        let inbox = Inbox(mostWaiting: 2, places: 1)
        for _ in 0..<3 { _ = try inbox.submit(request) }
        #expect(throws: ServingError.queueFull(waiting: 3)) { try inbox.submit(request) }
        var orders: [Inbox.Order] = []
        _ = inbox.take(&orders)
        #expect(throws: ServingError.queueFull(waiting: 3)) { try inbox.submit(request) }
        // One of them has the place.
        inbox.tell(waiting: 2, places: 0)
        #expect(throws: ServingError.queueFull(waiting: 2)) { try inbox.submit(request) }
        inbox.tell(waiting: 1, places: 0)
        _ = try inbox.submit(request)
        #expect(throws: ServingError.queueFull(waiting: 2)) { try inbox.submit(request) }
    }

    @Test func whatIsClosedTakesCancellationsAlone() throws {
        let inbox = Inbox(mostWaiting: 2, places: 1)
        let id = try inbox.submit(request)
        inbox.close(by: 50)
        inbox.close(by: 70)
        #expect(throws: ServingError.closing) { try inbox.submit(request) }
        inbox.cancel(id, answer: nil)
        var orders: [Inbox.Order] = []
        #expect(inbox.take(&orders) == 50)
        #expect(numbers(orders) == ["submit 1", "cancel 1 all"])
    }
}
