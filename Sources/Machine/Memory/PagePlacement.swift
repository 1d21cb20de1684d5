import CNuma
import Glibc

/// On which NUMA node each page of an address range lies at one moment.
///
/// Works for allocated memory and for mapped files alike, of which pages that are not present in
/// this process lie nowhere.
package struct PagePlacement: Sendable {
    /// The node of each page; negative if it is not present.
    private let nodes: [Int32]
    /// Where the range begins in its first page.
    private let firstOffset: Int
    private let byteCount: Int
    private let pageBytes: Int

    /// Pages asked for in one call.
    private static let batch = 4096

    /// Asks the kernel, with move_pages(2) that moves nothing.
    ///
    /// - Throws: `MachineError.placementUnknown` with the kernel's reason: one without NUMA, or a
    ///   container that forbids the call.
    /// - Complexity: O(pages)
    package init(of bytes: UnsafeRawBufferPointer) throws(MachineError) {
        let pageBytes = Int(getpagesize())
        let address = Int(bitPattern: bytes.baseAddress)
        let firstOffset = address % pageBytes
        let pageCount = (firstOffset + bytes.count + pageBytes - 1) / pageBytes
        var nodes: [Int32] = []
        nodes.reserveCapacity(pageCount)
        while nodes.count < pageCount {
            let count = min(Self.batch, pageCount - nodes.count)
            let first = address - firstOffset + nodes.count * pageBytes
            var pages = (0..<count).map {
                UnsafeMutableRawPointer(bitPattern: first + $0 * pageBytes)
            }
            var status = [Int32](repeating: -1, count: count)
            guard move_pages(0, UInt(count), &pages, nil, &status, 0) == 0 else {
                throw .placementUnknown(error: .last)
            }
            nodes += status
        }
        self.init(
            nodes: nodes, firstOffset: firstOffset, byteCount: bytes.count, pageBytes: pageBytes)
    }

    init(nodes: [Int32], firstOffset: Int, byteCount: Int, pageBytes: Int) {
        self.nodes = nodes
        self.firstOffset = firstOffset
        self.byteCount = byteCount
        self.pageBytes = pageBytes
    }

    /// The bytes of the whole range on each node.
    package var nodeBytes: [Int: Int] { nodeBytes(in: 0..<byteCount) }

    /// The bytes of a part on each node; of pages that it has with others, only its own bytes.
    ///
    /// - Precondition: `range` lies within the address range.
    package func nodeBytes(in range: Range<Int>) -> [Int: Int] {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "range is outside")
        var total: [Int: Int] = [:]
        var position = range.lowerBound
        while position < range.upperBound {
            let page = (firstOffset + position) / pageBytes
            let end = min(range.upperBound, (page + 1) * pageBytes - firstOffset)
            if nodes[page] >= 0 {
                total[Int(nodes[page]), default: 0] += end - position
            }
            position = end
        }
        return total
    }

    /// The part of `range` that has its pages to itself; empty if there is none.
    package func wholePages(of range: Range<Int>) -> Range<Int> {
        let first = (firstOffset + range.lowerBound + pageBytes - 1) / pageBytes * pageBytes
        let end = (firstOffset + range.upperBound) / pageBytes * pageBytes
        guard first < end else { return range.lowerBound..<range.lowerBound }
        return first - firstOffset..<end - firstOffset
    }
}
