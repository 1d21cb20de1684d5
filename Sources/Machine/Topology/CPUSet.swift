import CLinuxShims

/// A set of logical CPUs, written as the kernel writes it: `0-3,8`.
package struct CPUSet: Hashable, Sendable {
    /// The ids of the CPUs, ascending and without repetition.
    package let ids: [Int]

    /// One more than the largest id that a set can hold.
    static let limit = Int(CLS_CPU_LIMIT)

    /// The set of these CPUs.
    ///
    /// - Precondition: Every id is in `0..<4096`.
    package init(_ ids: some Sequence<Int>) {
        let sorted = Set(ids).sorted()
        precondition(sorted.allSatisfy { (0..<Self.limit).contains($0) }, "no such CPU id")
        self.ids = sorted
    }

    /// Reads a list such as `0-3,8`.
    ///
    /// - Throws: `MachineError.invalidCPUList` for an empty list or entry, a range that runs
    ///   backwards, anything but digits, and ids above 4095.
    package init(parsing text: String) throws(MachineError) {
        guard !text.isEmpty else {
            throw .invalidCPUList(text: text, reason: "names no CPU")
        }
        var ids: Set<Int> = []
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = entry.split(
                separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            var bounds: [Int] = []
            for end in ends {
                guard !end.isEmpty, end.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    throw .invalidCPUList(text: text, reason: "'\(entry)' is not a CPU or range")
                }
                guard let id = Int(end), id < Self.limit else {
                    throw .invalidCPUList(
                        text: text, reason: "CPU \(end) is above \(Self.limit - 1)")
                }
                bounds.append(id)
            }
            let first = bounds[0]
            let last = bounds[bounds.count - 1]
            guard first <= last else {
                throw .invalidCPUList(text: text, reason: "range '\(entry)' runs backwards")
            }
            ids.formUnion(first...last)
        }
        self.init(ids)
    }

    /// Reads a list of the kernel, which is empty for an empty set; nil if it is malformed.
    init?(kernelList text: String) {
        if text.isEmpty {
            self.init([])
        } else if let set = try? CPUSet(parsing: text) {
            self = set
        } else {
            return nil
        }
    }

    package var count: Int { ids.count }

    package var isEmpty: Bool { ids.isEmpty }

    package func contains(_ id: Int) -> Bool {
        ids.contains(id)
    }

    package func intersection(_ other: CPUSet) -> CPUSet {
        CPUSet(Set(ids).intersection(other.ids))
    }

    package func subtracting(_ other: CPUSet) -> CPUSet {
        CPUSet(Set(ids).subtracting(other.ids))
    }

    package func isSubset(of other: CPUSet) -> Bool {
        Set(ids).isSubset(of: other.ids)
    }
}

extension CPUSet: CustomStringConvertible {
    /// The set as ranges; empty for the empty set.
    package var description: String {
        var ranges: [ClosedRange<Int>] = []
        for id in ids {
            if let last = ranges.last, last.upperBound + 1 == id {
                ranges[ranges.count - 1] = last.lowerBound...id
            } else {
                ranges.append(id...id)
            }
        }
        return ranges.map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }.joined(separator: ",")
    }
}

extension CPUSet: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let set = CPUSet(kernelList: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a CPU list")
        }
        self = set
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
