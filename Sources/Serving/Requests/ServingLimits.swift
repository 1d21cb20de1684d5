/// What a server can take at all, whatever else it does.
package struct ServingLimits: Sendable, Equatable {
    /// Sequences at once.
    package let slots: Int
    /// Positions of a sequence.
    package let capacity: Int
    /// Of the cache.
    package let blocks: Int
    /// Positions of a block.
    package let blockPositions: Int
    package let vocabularySize: Int

    init(_ core: some StepEngine) {
        slots = core.slotCount
        capacity = core.capacity
        blocks = core.blockCount
        blockPositions = core.blockPositions
        vocabularySize = core.vocabularySize
    }

    func hasToken(_ token: Int32) -> Bool { 0..<vocabularySize ~= Int(token) }

    /// Blocks for all answers to a prompt: they share those that the prompt fills.
    func blocks(prompt: Int, positions: Int, answers: Int) -> Int {
        let each = (positions + blockPositions - 1) / blockPositions
        return each + (answers - 1) * (each - prompt / blockPositions)
    }
}
