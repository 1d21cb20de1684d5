import Basics

/// The medians that values would have had, had others of them been drawn.
struct ResampledMedian {
    private let sorted: [Double]

    /// - Precondition: there is at least one value.
    init(_ values: [Double]) {
        precondition(!values.isEmpty, "no median of nothing")
        sorted = values.sorted()
    }

    var count: Int { sorted.count }

    /// The median of the values themselves.
    var value: Double { (sorted[(count - 1) / 2] + sorted[count / 2]) / 2 }

    /// The median of as many values, drawn with replacement.
    ///
    /// - Complexity: O(n): draws are counted by place, not sorted.
    func next(using generator: inout SplitMix64) -> Double {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { draws in
            draws.initialize(repeating: 0)
            for _ in 0..<count {
                let place = generator.next().multipliedFullWidth(by: UInt64(count)).high
                draws[Int(place)] += 1
            }
            var passed = 0
            var lower: Double?
            for (value, drawn) in zip(sorted, draws) {
                passed += Int(drawn)
                if lower == nil, passed > (count - 1) / 2 { lower = value }
                if let lower, passed > count / 2 { return (lower + value) / 2 }
            }
            preconditionFailure("as many are drawn as there are")
        }
    }
}
