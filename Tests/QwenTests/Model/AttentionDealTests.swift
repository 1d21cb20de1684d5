import Kernels
import Testing

@testable import Qwen

/// How attention is dealt out, counted without a machine.
@Suite struct AttentionDealTests {
    /// Key/value heads and query heads for each, from 0.5 B to 110 B.
    private static let shapes: [(kvHeads: Int, group: Int)] = [
        (2, 7), (16, 1), (8, 4), (4, 7), (8, 8), (40, 1), (8, 5),
    ]
    private static let workers = [1, 2, 3, 4, 7, 8, 16, 24, 48, 64, 96, 128, 192]

    private static func entries(
        _ lengths: [(position: Int, rows: Int)]
    ) -> UnsafeMutableBufferPointer<StepEntry> {
        let entries = UnsafeMutableBufferPointer<StepEntry>.allocate(capacity: lengths.count)
        var row = 0
        for (slot, length) in lengths.enumerated() {
            entries.initializeElement(
                at: slot,
                to: StepEntry(
                    slot: slot, firstRow: row, rowCount: length.rows,
                    firstPosition: length.position, wanted: 0..<0, firstLogits: 0, isGiven: true,
                    isMasked: false))
            row += length.rows
        }
        return entries
    }

    private static func cost(_ unit: AttentionDeal.Unit) -> Int {
        unit.rows.count * unit.blocks.count
    }

    /// Chunks of prompts, single tokens behind short and long contexts, and mixtures.
    private static let steps: [[(position: Int, rows: Int)]] = [
        [(0, 128)], [(0, 512)], [(3584, 512)], [(32256, 512)], [(127, 1)], [(4095, 1)],
        [(32767, 1)], Array(repeating: (1023, 1), count: 32), [(8000, 4)],
        [(0, 300), (900, 100), (17, 1), (5000, 1), (32000, 5)],
    ]

    /// The longest share is at most 1.05 of the mean, or longer than it by less than what cannot be
    /// cut: one row against its blocks, or a group against one span.
    @Test(arguments: shapes) func sharesAreEven(_ shape: (kvHeads: Int, group: Int)) {
        for step in Self.steps {
            let entries = Self.entries(step)
            defer { entries.deallocate() }
            for workers in Self.workers {
                let shares = Self.shares(entries, shape, workers)
                let mean = Double(shares.reduce(0, +)) / Double(workers)
                let longest = Double(shares.max() ?? 0)
                let blocks = step.map { ($0.position + $0.rows - 1) / 64 + 1 }.max() ?? 0
                let rows = AttentionDeal.mostSplitRows(group: shape.group)
                let least = max(blocks, rows * min(blocks, Attention.spanBlocks))
                #expect(
                    longest <= 1.05 * mean || longest <= mean + Double(least),
                    "\(longest) of \(mean), \(workers) workers, \(step)")
            }
        }
    }

    /// A chunk of a prompt is even for everybody.
    @Test(arguments: shapes) func aPromptIsEvenForEveryone(_ shape: (kvHeads: Int, group: Int)) {
        for position in [0, 3584, 32256] {
            let entries = Self.entries([(position, 512)])
            defer { entries.deallocate() }
            for workers in Self.workers {
                let shares = Self.shares(entries, shape, workers)
                let mean = Double(shares.reduce(0, +)) / Double(workers)
                #expect(
                    Double(shares.max() ?? 0) <= 1.05 * mean,
                    "\(shares.max() ?? 0) of \(mean), \(workers) workers, \(position)")
            }
        }
    }

    private static func shares(
        _ entries: UnsafeMutableBufferPointer<StepEntry>, _ shape: (kvHeads: Int, group: Int),
        _ workers: Int
    ) -> [Int] {
        let deal = AttentionDeal(
            entries, group: shape.group, kvHeads: 0..<shape.kvHeads, sharers: workers)
        return (0..<workers).map { worker in
            var share = 0
            deal.forEach(sharer: worker) { share += cost($0) }
            return share
        }
    }

    /// Every row of every head meets every block that it sees, once; who shares a tile agrees with
    /// the others about it.
    @Test func everythingIsDoneOnce() {
        for step in Self.steps {
            let entries = Self.entries(step)
            defer { entries.deallocate() }
            for workers in [1, 2, 3, 16, 192] {
                let deal = AttentionDeal(entries, group: 7, kvHeads: 0..<2, sharers: workers)
                // How often each (head, entry, row, block) is met.
                var done: [[Int]: Int] = [:]
                var splits: [Int: (sharers: Int, seen: Int)] = [:]
                for worker in 0..<workers {
                    deal.forEach(sharer: worker) { unit in
                        for row in unit.rows where row % 97 == 0 || row < 8 {
                            for block in unit.blocks {
                                done[[unit.kvHead, unit.entry, row, block], default: 0] += 1
                            }
                        }
                        guard let split = unit.split else { return }
                        #expect(unit.rows.count <= AttentionDeal.mostSplitRows(group: 7))
                        splits[split.first] = (split.sharers, (splits[split.first]?.seen ?? 0) + 1)
                    }
                }
                #expect(done.values.allSatisfy { $0 == 1 })
                #expect(splits.values.allSatisfy { $0.sharers == $0.seen })
                for kvHead in 0..<2 {
                    for (index, entry) in entries.enumerated() {
                        for row in 0..<entry.rowCount * 7 where row % 97 == 0 || row < 8 {
                            for block in 0...(entry.firstPosition + row / 7) / 64 {
                                #expect(done[[kvHead, index, row, block]] == 1)
                            }
                        }
                    }
                }
            }
        }
    }
}
