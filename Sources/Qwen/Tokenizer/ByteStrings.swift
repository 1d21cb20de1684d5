/// Byte strings by number, one behind the other in one array.
struct ByteStrings: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    mutating func reserve(count: Int, byteCount: Int) {
        ends.reserveCapacity(count)
        bytes.reserveCapacity(byteCount)
    }

    mutating func append(_ string: some Sequence<UInt8>) {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
    }

    subscript(number: Int) -> ArraySlice<UInt8> {
        bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]]
    }
}

/// Finds byte strings: their numbers in a hash table with open addressing.
struct ByteStringTable: Sendable {
    /// Two strings are the same.
    struct Duplicate: Error {
        let first: Int
        let second: Int
    }

    let strings: ByteStrings
    /// Numbers of strings, or -1; a power of two of them, at most half of them taken.
    private var slots: [Int32]

    /// - Parameter excluded: strings that are not to be found.
    init(_ strings: ByteStrings, excluding excluded: Set<Int> = []) throws(Duplicate) {
        self.strings = strings
        var size = 16
        while size < 2 * strings.count { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        for number in 0..<strings.count where !excluded.contains(number) {
            let slot = slot(of: strings[number].span)
            guard slots[slot] < 0 else {
                throw Duplicate(first: Int(slots[slot]), second: number)
            }
            slots[slot] = Int32(number)
        }
    }

    /// The number of a string, or nil.
    func number(of string: Span<UInt8>) -> Int32? {
        let number = slots[slot(of: string)]
        return number < 0 ? nil : number
    }

    /// Where a string stands, or where it would.
    private func slot(of string: Span<UInt8>) -> Int {
        // Seeded by the process: a file cannot be made to collide.
        var hasher = Hasher()
        string.withUnsafeBytes { hasher.combine(bytes: $0) }
        var slot = hasher.finalize() & (slots.count - 1)
        while slots[slot] >= 0, !isEqual(strings[Int(slots[slot])].span, string) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func isEqual(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bool {
        guard first.count == second.count else { return false }
        for index in first.indices where first[index] != second[index] { return false }
        return true
    }
}
