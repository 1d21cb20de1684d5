import Testing

@testable import Qwen

/// Which blocks are found, and which are given up, traced by hand.
@Suite struct PrefixIndexTests {
    /// Blocks of equal tokens, named by them.
    private static func prompt(_ blocks: [Int32], more: Int = 0) -> [Int32] {
        blocks.flatMap { Array(repeating: $0, count: 64) } + Array(repeating: 0, count: more)
    }

    /// Makes all whole blocks of a prompt findable; those that are new.
    @discardableResult
    private static func insert(
        _ index: inout PrefixIndex, _ prompt: [Int32], blocks: [UInt32]
    ) -> [UInt32] {
        var place = index.find(prompt, rotaryBase: 10000, limit: 0).next
        return blocks.enumerated().filter { number, block in
            let (next, isNew) = index.insert(block, at: number, of: prompt, behind: place)
            place = next
            return isNew
        }.map(\.element)
    }

    private static func find(
        _ index: inout PrefixIndex, _ prompt: [Int32], limit: Int = 9, rotaryBase: Double = 10000
    ) -> [UInt32] {
        index.find(prompt, rotaryBase: rotaryBase, limit: min(limit, prompt.count / 64)).blocks
    }

    @Test func aBeginningIsFoundAsFarAsItIsTheSame() {
        var index = PrefixIndex()
        Self.insert(&index, Self.prompt([1, 2, 3]), blocks: [10, 11, 12])
        #expect(Self.find(&index, Self.prompt([1, 2, 3, 4])) == [10, 11, 12])
        #expect(Self.find(&index, Self.prompt([1, 2, 4])) == [10, 11])
        #expect(Self.find(&index, Self.prompt([1, 2, 3]), limit: 2) == [10, 11])
        #expect(Self.find(&index, Self.prompt([1], more: 63)) == [10])
        // The same tokens elsewhere stand for something else.
        #expect(Self.find(&index, Self.prompt([2, 3])) == [])
        #expect(Self.find(&index, Self.prompt([1, 3])) == [10])
        var almost = Self.prompt([1, 2])
        almost[127] = 9
        #expect(Self.find(&index, almost) == [10])
        // A prompt that is rotated otherwise has nothing in common.
        #expect(
            Self.find(&index, Self.prompt([1, 2]), rotaryBase: 20000) == []
        )
    }

    @Test func ofTwoAlikeTheFirstIsKept() {
        var index = PrefixIndex()
        Self.insert(&index, Self.prompt([1, 2]), blocks: [10, 11])
        #expect(Self.insert(&index, Self.prompt([1, 2, 3]), blocks: [20, 21, 22]) == [22])
        #expect(Self.find(&index, Self.prompt([1, 2, 3])) == [10, 11, 22])
        #expect(index.count == 3)
    }

    @Test func thoseLeastRecentlyUsedAreGivenUpFromTheirEnd() {
        var index = PrefixIndex()
        Self.insert(&index, Self.prompt([1, 2, 3]), blocks: [10, 11, 12])
        _ = Self.find(&index, Self.prompt([1, 2, 3]))
        Self.insert(&index, Self.prompt([7, 8]), blocks: [20, 21])
        _ = Self.find(&index, Self.prompt([7, 8]))
        _ = Self.find(&index, Self.prompt([1, 2]))
        #expect(index.remove(1) { _ in true } == [12])
        #expect(index.remove(2) { _ in true } == [21, 20])
        #expect(Self.find(&index, Self.prompt([1, 2, 3])) == [10, 11])
        #expect(index.remove(9) { _ in true } == [11, 10])
        #expect(index.count == 0)
    }

    @Test func whatIsInUseIsNotGivenUp() {
        var index = PrefixIndex()
        Self.insert(&index, Self.prompt([1, 2, 3]), blocks: [10, 11, 12])
        let isFree: (UInt32) -> Bool = { $0 != 10 }
        #expect(index.count(where: isFree) == 2)
        #expect(Set(index.remove(3, where: isFree)) == [11, 12])
        #expect(Self.find(&index, Self.prompt([1, 2])) == [10])
    }
}
