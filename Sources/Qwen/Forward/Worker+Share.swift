internal import Machine

extension Worker {
    /// This worker's contiguous part of `count` items, cut only at multiples of `unit`.
    ///
    /// The same call gives the same part every time: the thread that packed a panel is the one
    /// that multiplies it.
    @inline(__always)
    func share(of count: Int, unit: Int = 1) -> Range<Int> {
        Self.share(of: count, unit: unit, index: index, workers: self.count)
    }

    /// The part of the worker `index` of so many.
    @inline(__always)
    static func share(of count: Int, unit: Int, index: Int, workers: Int) -> Range<Int> {
        let units = (count + unit - 1) / unit
        let first = units * index / workers * unit
        let end = units * (index + 1) / workers * unit
        return min(first, count)..<min(end, count)
    }
}
