/// The ranks of two sets of values thrown together, doubled so that the mean rank of ties is whole.
struct PooledRanks {
    /// Of all values, in ascending order.
    private(set) var doubled: [Int] = []
    private(set) var doubledSumOfFirst = 0
    /// How many values share each rank that more than one has.
    private(set) var tieGroups: [Int] = []

    init(_ first: [Double], _ second: [Double]) {
        let pooled =
            (first.map { (value: $0, isFirst: true) }
            + second.map { (value: $0, isFirst: false) })
            .sorted { $0.value < $1.value }
        var start = 0
        while start < pooled.count {
            let end =
                pooled[start...].firstIndex { $0.value != pooled[start].value } ?? pooled.count
            // Ranks start + 1 … end.
            let rank = start + 1 + end
            doubled += Array(repeating: rank, count: end - start)
            doubledSumOfFirst += rank * pooled[start..<end].count(where: \.isFirst)
            if end - start > 1 { tieGroups.append(end - start) }
            start = end
        }
    }
}
