/// A number for each worker in plain memory, which only a barrier makes visible in time.
final class Slots: @unchecked Sendable {
    // Sendable: the barrier of the test orders all accesses; that it does is what is tested.
    private let numbers: UnsafeMutableBufferPointer<Int>

    init(count: Int) {
        numbers = .allocate(capacity: count)
        numbers.initialize(repeating: -1)
    }

    deinit {
        numbers.deallocate()
    }

    func store(_ number: Int, at index: Int) {
        numbers[index] = number
    }

    func areAll(_ number: Int) -> Bool {
        numbers.allSatisfy { $0 == number }
    }
}
