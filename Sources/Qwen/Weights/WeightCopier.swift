internal import Machine

/// Copies a block of packed weights, each worker its own panels, so that the first touch puts them
/// on its own NUMA node.
///
/// `@unchecked Sendable`: workers write disjoint parts of `target`, and `source` is only read.
struct WeightCopier: @unchecked Sendable {
    let layout: WeightLayout
    let source: UnsafeRawPointer
    let target: UnsafeMutableRawPointer

    /// Copies the panels that `worker` multiplies; worker 0 also what belongs to nobody.
    func copy(share worker: Worker) {
        for range in layout.share(worker: worker.index, of: worker.count) {
            copy(range)
        }
        guard worker.index == 0 else { return }
        var end = 0
        let owned = (0..<worker.count).flatMap { layout.share(worker: $0, of: worker.count) }
        for range in owned.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            copy(end..<max(end, range.lowerBound))
            end = max(end, range.upperBound)
        }
        copy(end..<layout.byteCount)
    }

    private func copy(_ range: Range<Int>) {
        (target + range.lowerBound).copyMemory(
            from: source + range.lowerBound, byteCount: range.count)
    }
}
