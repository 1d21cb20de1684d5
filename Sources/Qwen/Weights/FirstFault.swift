internal import Synchronization

/// The first of the numbers that are none which workers meet, whichever of them meets it when.
final class FirstFault: Sendable {
    struct Place: Sendable {
        let tensor: TensorRole
        let row: Int
        let column: Int
        /// Whether it is one, but larger than its format can hold.
        let isNumber: Bool

        fileprivate var order: (String, Int) { (tensor.name, row) }
    }

    private let place = Mutex<Place?>(nil)

    var first: Place? { place.withLock { $0 } }

    func note(_ tensor: TensorRole, row: Int, column: Int, isNumber: Bool) {
        let met = Place(tensor: tensor, row: row, column: column, isNumber: isNumber)
        place.withLock { place in
            if place.map({ met.order < $0.order }) ?? true { place = met }
        }
    }
}

extension UnsafeBufferPointer<Float> {
    /// The index of the first NaN or infinity; nil where all are numbers.
    package var firstNotFinite: Int? { first(beyond: .greatestFiniteMagnitude) }

    /// The index of the first that is no number of this magnitude or less; nil where all are.
    func first(beyond limit: Float) -> Int? {
        // Whole-number maxima are taken many at a time; comparisons that end a loop are not.
        var largest: UInt32 = 0
        for value in self { largest = Swift.max(largest, value.bitPattern & 0x7fff_ffff) }
        guard largest > limit.bitPattern else { return nil }
        return firstIndex { !($0.magnitude <= limit) }
    }
}
