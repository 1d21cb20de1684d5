/// The most probable tokens first, as many as are asked for: a binary heap that is taken apart from
/// its top (Williams, Heapsort, 1964).
///
/// Filling takes O(vocabulary), each token O(log vocabulary), however the weights are spread and
/// however many are equal. After `init` it allocates nothing.
package struct TokenHeap {
    /// A weight's bits above the complement of its id, so that numbers order as tokens do: a weight
    /// that is not negative orders as its bits do, and among equals the lower id is the greater.
    ///
    /// The heap first, then what was taken, in ascending order.
    private var keys: [UInt64]
    private var heapCount = 0

    /// How many were taken since it was filled.
    var takenCount: Int { keys.count - heapCount }

    package init(vocabularySize: Int) {
        keys = Array(repeating: 0, count: vocabularySize)
    }

    /// Begins anew, with none taken.
    ///
    /// - Parameter weights: (vocabulary) f32, none negative, all numbers.
    mutating func fill(_ weights: UnsafeMutableBufferPointer<Float>) {
        for (token, weight) in weights.enumerated() {
            keys[token] = UInt64(weight.bitPattern) << 32 | UInt64(~UInt32(token))
        }
        heapCount = keys.count
        for index in (0..<heapCount / 2).reversed() { sink(keys[index], from: index) }
    }

    /// Takes the token of the greatest weight, the lowest id among equals.
    ///
    /// - Returns: its weight.
    /// - Precondition: there is one left.
    mutating func take() -> Float {
        let greatest = keys[0]
        heapCount -= 1
        sink(keys[heapCount], from: 0)
        keys[heapCount] = greatest
        return Self.weight(greatest)
    }

    /// A token that was taken: 0 is the first one.
    subscript(index: Int) -> (token: Int, weight: Float) {
        let key = keys[keys.count - 1 - index]
        return (Int(~UInt32(truncatingIfNeeded: key)), Self.weight(key))
    }

    private static func weight(_ key: UInt64) -> Float {
        Float(bitPattern: UInt32(truncatingIfNeeded: key >> 32))
    }

    /// Puts a key into the place that is free, or below it, so that none is above a greater one.
    private mutating func sink(_ key: UInt64, from free: Int) {
        var place = free
        while true {
            var child = 2 * place + 1
            guard child < heapCount else { break }
            if child + 1 < heapCount, keys[child + 1] > keys[child] { child += 1 }
            guard keys[child] > key else { break }
            keys[place] = keys[child]
            place = child
        }
        keys[place] = key
    }
}
