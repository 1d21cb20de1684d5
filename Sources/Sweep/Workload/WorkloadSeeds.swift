import Basics

/// What prompts, lengths and arrivals are drawn from, each for itself: another seed for one of them
/// changes nothing of the others.
package struct WorkloadSeeds: Equatable, Sendable {
    /// Ids of random prompts, and the order of listed ones.
    package var prompts: UInt64
    package var lengths: UInt64
    package var arrivals: UInt64

    /// The three of one seed: ``derived(_:from:)`` of the words `prompts`, `lengths` and `arrivals`.
    package init(_ seed: UInt64) {
        prompts = Self.derived("prompts", from: seed)
        lengths = Self.derived("lengths", from: seed)
        arrivals = Self.derived("arrivals", from: seed)
    }

    /// SplitMix64's finaliser of the FNV-1a of a word's UTF-8 and the seed's 8 bytes, the lowest
    /// first.
    static func derived(_ name: String, from seed: UInt64) -> UInt64 {
        var mark = FNV1a(name.utf8)
        mark.combine(seed)
        return SplitMix64.mixed(mark.value)
    }

    /// A seed of a seed and numbers, as ``Plan/seed(of:repetition:)`` mixes them.
    static func mixed(_ seed: UInt64, _ numbers: Int...) -> UInt64 {
        var mixer = SplitMix64(seed: seed)
        for number in numbers {
            mixer = SplitMix64(seed: mixer.next() ^ UInt64(truncatingIfNeeded: number))
        }
        return mixer.next()
    }
}
