import Synchronization

/// A sum for each worker.
final class Tally: Sendable {
    private let sums: Mutex<[Int]>

    init(count: Int) {
        sums = Mutex(Array(repeating: 0, count: count))
    }

    func add(_ value: Int, to index: Int) {
        sums.withLock { $0[index] += value }
    }

    var values: [Int] { sums.withLock { $0 } }
}
