internal import Basics
package import Qwen

/// What runs a server's steps: slots with sequences in them, and blocks that they are made of.
///
/// One thread drives it. Who is admitted has all blocks that it may need until it is released.
package protocol StepEngine: AnyObject, SendableMetatype {
    /// Sequences at once.
    var slotCount: Int { get }
    /// Positions of a sequence at most.
    var capacity: Int { get }
    /// Of the cache, and positions of one.
    var blockCount: Int { get }
    var blockPositions: Int { get }
    /// Blocks that could be given to a sequence now.
    var freeBlocks: Int { get }
    var vocabularySize: Int { get }
    /// Rows of a pass at most, no fewer than slots, and rows of it whose logits can be wanted.
    var stepRows: Int { get }
    var wantedRows: Int { get }
    /// The clock that passes are timed by, in nanoseconds.
    var now: UInt64 { get }

    /// Told once, by the thread that will drive it.
    func begin()

    /// As `SlotCore` has these.
    func admit(
        slot: Int, prompt: [Int32], positions: Int, sequences: Int, findsPrefix: Bool
    ) -> Int?
    func addPrompt(slot: Int, count: Int, wanted: Range<Int>)
    func addToken(slot: Int, _ token: Int32)
    func run()
    /// Of the last pass, numbered in the order in which the rows were added.
    func logits(_ index: Int) -> UnsafeMutableBufferPointer<Float>
    func greedyToken(_ index: Int, position: Int) throws(QwenError) -> Int32
    /// Threads that `share` deals work out to.
    var workerCount: Int { get }
    /// Does something for each of so many items, on several threads at once; `work` is told the item
    /// and the thread.
    func share(_ count: Int, _ work: @escaping @Sendable (_ item: Int, _ worker: Int) -> Void)
    func fork(slot: Int, to other: Int)
    func release(slot: Int)
}

extension SlotCore: StepEngine {
    package var now: UInt64 { Clock.now() }
}
