/// A mean that grows with every value.
struct Mean {
    private var sum = 0.0
    private var count = 0

    /// nil before the first value.
    var value: Double? { count > 0 ? sum / Double(count) : nil }

    mutating func add(_ value: Double) {
        sum += value
        count += 1
    }
}
