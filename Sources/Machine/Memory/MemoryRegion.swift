import CLinuxShims
import CNuma
import Glibc

/// Zeroed memory on chosen NUMA nodes and, from 2 MiB on, on huge pages where there are any.
///
/// The base is a multiple of 2 MiB. Pages come into being when they are first touched; under
/// `MemoryPolicy.local` on the node of the thread that does so, so let the thread that will use a
/// part touch it first. Inaccessible pages on both sides turn an overrun into a fault, and keep
/// the kernel from merging neighbours, which would blur what it tells about each.
package final class MemoryRegion: @unchecked Sendable {
    // Sendable: all properties are constants; who may write which part of the memory is agreed
    // between the threads that use it, as for any raw pointer.

    /// The first byte, at a multiple of 2 MiB.
    package let base: UnsafeMutableRawPointer
    /// How many bytes were asked for.
    package let byteCount: Int
    /// Why the kernel lets nobody choose nodes, as in a container; its own choice holds then.
    package let policyRefusal: ErrorNumber?

    /// The accessible bytes: `byteCount` rounded up to whole pages.
    private let mappedByteCount: Int
    private let reservation: UnsafeMutableRawPointer
    private let reservedByteCount: Int

    private static let hugePageBytes = 2 << 20

    /// Reserves memory and sets its policy, without touching it.
    ///
    /// - Throws: `MachineError.invalidRegionSize` unless `byteCount` is in `1...2^62`,
    ///   `MachineError.unknownNodes` for a policy that the machine cannot fulfil,
    ///   `MachineError.memoryRefused` and `MachineError.memoryPolicyRefused` if the kernel refuses,
    ///   which for the policy is no error where it permits none: see `policyRefusal`.
    package init(
        byteCount: Int, policy: MemoryPolicy, topology: Topology
    ) throws(MachineError) {
        try policy.validate(for: topology)
        guard byteCount > 0, byteCount <= 1 << 62 else {
            throw .invalidRegionSize(byteCount)
        }
        let pageBytes = Int(getpagesize())
        // Whole huge pages, so that the tail can be one.
        let granule = byteCount >= Self.hugePageBytes ? Self.hugePageBytes : pageBytes
        let mapped = (byteCount + granule - 1) / granule * granule
        let reserved = mapped + Self.hugePageBytes + 2 * pageBytes
        guard
            let reservation = mmap(
                nil, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
            reservation != MAP_FAILED
        else {
            throw .memoryRefused(byteCount: byteCount, error: .last)
        }
        let base = (reservation + pageBytes).alignedUp(toMultipleOf: Self.hugePageBytes)
        guard mprotect(base, mapped, PROT_READ | PROT_WRITE) == 0 else {
            let error = ErrorNumber.last
            munmap(reservation, reserved)
            throw .memoryRefused(byteCount: byteCount, error: error)
        }
        let refusal = Self.place(base, mapped, policy: policy, topology: topology)
        if let error = refusal, !error.saysNotPermitted {
            munmap(reservation, reserved)
            throw .memoryPolicyRefused(policy: policy, error: error)
        }
        if granule == Self.hugePageBytes {
            // Advice: a kernel without transparent huge pages refuses it, and small pages do.
            madvise(base, mapped, MADV_HUGEPAGE)
        }
        self.base = base
        self.byteCount = byteCount
        policyRefusal = refusal
        self.mappedByteCount = mapped
        self.reservation = reservation
        self.reservedByteCount = reserved
    }

    deinit {
        munmap(reservation, reservedByteCount)
    }

    /// Makes all pages present now, so that no measurement pays for page faults.
    ///
    /// Keeps what the region holds. Under `MemoryPolicy.local` pages that are still missing come
    /// to lie on the calling thread's node.
    ///
    /// - Throws: `MachineError.memoryRefused` if memory runs out.
    /// - Complexity: O(`byteCount`)
    package func prefault() throws(MachineError) {
        try prefault(0..<byteCount)
    }

    /// Makes the pages of a part of the region present, as `prefault()` does for all of them.
    ///
    /// - Precondition: `range` lies within `0..<byteCount`.
    package func prefault(_ range: Range<Int>) throws(MachineError) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= byteCount, "range is outside the region")
        guard !range.isEmpty else { return }
        let pageBytes = Int(getpagesize())
        let first = range.lowerBound / pageBytes * pageBytes
        let last = (range.upperBound + pageBytes - 1) / pageBytes * pageBytes
        let code = cls_populate(base + first, last - first, pageBytes)
        guard code == 0 else {
            throw .memoryRefused(byteCount: byteCount, error: ErrorNumber(code))
        }
    }

    /// Puts the 2 MiB around each of these offsets on small pages, if they are not touched yet.
    ///
    /// A huge page lies on one node as a whole. Where threads of different nodes meet within one,
    /// only small pages let each thread have its own part on its own node.
    ///
    /// - Precondition: the offsets lie within `0...byteCount`.
    package func useSmallPages(around offsets: [Int]) {
        guard mappedByteCount >= Self.hugePageBytes else { return }
        for block in Set(offsets.map { $0 / Self.hugePageBytes }) {
            let start = block * Self.hugePageBytes
            guard start < mappedByteCount else { continue }
            // Advice: without huge pages, all are small anyway.
            madvise(base + start, Self.hugePageBytes, MADV_NOHUGEPAGE)
        }
    }

    /// The bytes that were asked for.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: byteCount)
    }

    /// How many bytes lie on huge pages at this moment; nil where the kernel does not tell.
    package func hugePageBytes() -> Int? {
        SystemFiles(root: "/").lines("proc/self/smaps").map {
            MemoryMaps.hugePageBytes(smaps: $0, range: addresses)
        }
    }

    /// How many bytes lie on each NUMA node at this moment; nil where the kernel does not tell.
    package func nodeBytes() -> [Int: Int]? {
        SystemFiles(root: "/").lines("proc/self/numa_maps").map {
            MemoryMaps.nodeBytes(numaMaps: $0, range: addresses)
        }
    }

    private var addresses: Range<UInt> {
        let start = UInt(bitPattern: base)
        return start..<start + UInt(mappedByteCount)
    }

    /// Sets the policy of pages that do not exist yet; the error if the kernel refuses.
    private static func place(
        _ base: UnsafeMutableRawPointer, _ length: Int, policy: MemoryPolicy, topology: Topology
    ) -> ErrorNumber? {
        let mode: Int32
        let nodes: [Int]
        switch policy {
        case .local, .replicate:
            return nil
        case .interleave:
            (mode, nodes) = (MPOL_INTERLEAVE, topology.memoryNodes)
        case .bind(let asked):
            (mode, nodes) = (MPOL_BIND, asked)
        }
        // Without NUMA in the kernel, the one node has all pages anyway.
        if topology.nodes.count == 1, numa_available() < 0 { return nil }
        let bitsPerWord = UInt.bitWidth
        var mask = [UInt](repeating: 0, count: (nodes.max() ?? 0) / bitsPerWord + 1)
        for node in nodes {
            mask[node / bitsPerWord] |= 1 << UInt(node % bitsPerWord)
        }
        // The kernel reads one bit less than it is told.
        let maximum = UInt(mask.count * bitsPerWord + 1)
        return mbind(base, UInt(length), mode, mask, maximum, 0) == 0 ? nil : .last
    }
}
