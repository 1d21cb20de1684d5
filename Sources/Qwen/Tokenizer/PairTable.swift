/// What two tokens merge into, and how early: a hash table with open addressing.
struct PairTable: Sendable {
    struct Merge: Equatable, Sendable {
        let rank: Int32
        let token: Int32
    }

    private struct Slot {
        var pair: UInt64
        var merge: Merge
    }

    /// No pair: tokens are not negative.
    private static let empty = Slot(pair: .max, merge: Merge(rank: -1, token: -1))

    private(set) var count = 0
    /// A power of two of them, at most half of them taken.
    private var slots = [Slot](repeating: empty, count: 16)
    /// Differs from process to process: a file cannot be made to collide.
    private let multiplier = UInt64.random(in: 0...UInt64.max) | 1

    /// The merge of two tokens, or nil.
    subscript(left: Int32, right: Int32) -> Merge? {
        let pair = Self.pair(left, right)
        let slot = slots[self.slot(of: pair)]
        return slot.pair == pair ? slot.merge : nil
    }

    /// Adds a merge; of two for one pair the first counts, or, if it `replaces`, the last.
    mutating func add(_ left: Int32, _ right: Int32, _ merge: Merge, replaces: Bool = false) {
        if 2 * (count + 1) > slots.count { grow() }
        let pair = Self.pair(left, right)
        let slot = slot(of: pair)
        guard slots[slot].pair != pair else {
            if replaces { slots[slot].merge = merge }
            return
        }
        slots[slot] = Slot(pair: pair, merge: merge)
        count += 1
    }

    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Where a pair stands, or where it would.
    private func slot(of pair: UInt64) -> Int {
        let product = pair.multipliedFullWidth(by: multiplier)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
        while slots[slot].pair != pair, slots[slot].pair != .max {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        let taken = slots.filter { $0.pair != .max }
        slots = [Slot](repeating: Self.empty, count: 2 * slots.count)
        for entry in taken { slots[slot(of: entry.pair)] = entry }
    }
}
