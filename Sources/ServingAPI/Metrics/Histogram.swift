/// How often values fell below each of some edges.
package struct Histogram: Equatable, Sendable {
    /// Ascending.
    package let edges: [Double]
    /// Above the edge before, up to this one; the last is above all.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    package init(edges: [Double]) {
        self.edges = edges
        counts = Array(repeating: 0, count: edges.count + 1)
    }

    package mutating func observe(_ value: Double, times: Int = 1) {
        var place = 0
        while place < edges.count, value > edges[place] { place += 1 }
        counts[place] += times
        sum += value * Double(times)
    }
}
