/// The processes that run one model together, as each of them speaks to the others between calls.
///
/// Every rank calls the same in the same order; each call returns when all have called it.
package protocol RankGroup: AnyObject {
    /// Which one this process is, in `0..<count`.
    var rank: Int { get }
    var count: Int { get }
    /// The host of each rank, numbered from that of rank 0: each has a clock of its own.
    var hosts: [Int] { get }

    /// Gives all ranks what rank 0 has to say; the others wait asleep.
    ///
    /// - Parameter message: Of rank 0; not looked at in the others.
    func broadcast(_ message: [UInt8]) -> [UInt8]

    /// Brings what the ranks have to say to rank 0, in their order; nothing to the others.
    func gather(_ message: [UInt8]) -> [[UInt8]]
}
