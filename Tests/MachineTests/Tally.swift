/// A sum for each worker in plain memory, which only the end of a run makes visible to the caller.
final class Tally: @unchecked Sendable {
    // Sendable: a worker writes its own sum only, and the caller reads between runs; that a run
    // orders the two is part of what is tested.
    private let sums: UnsafeMutableBufferPointer<Int>

    init(count: Int) {
        sums = .allocate(capacity: count)
        sums.initialize(repeating: 0)
    }

    deinit {
        sums.deallocate()
    }

    func add(_ value: Int, to index: Int) {
        sums[index] += value
    }

    var values: [Int] { Array(sums) }
}
