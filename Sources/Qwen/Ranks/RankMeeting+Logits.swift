internal import Machine

extension RankMeeting {
    /// Lays the logits of all ranks side by side in each of them, for `logits`.
    ///
    /// - Parameters:
    ///   - count: rows, of those that were wanted.
    ///   - own: the logits of a row that this rank has.
    /// - Precondition: the meeting was opened to gather them.
    func gather(count: Int, _ own: (Int) -> UnsafeMutableBufferPointer<Float>) {
        let view = self.view
        for row in 0..<count {
            guard let logits = own(row).baseAddress else { continue }
            view.logits(of: rank, row: row).update(from: logits, count: part.count)
        }
        view.talk { hosts in
            lay(count: count, zeros: true)
            // Of each number all hosts but one have zero: their sums are what they are.
            hosts.addExactly(gathered.base, count: count * gathered.width)
            view.logits(of: 0, row: 0).update(from: gathered.base, count: count * gathered.width)
        }
        if hosts == nil {
            lay(count: count, zeros: false)
        } else if rank > 0 {
            gathered.base.update(from: view.logits(of: 0, row: 0), count: count * gathered.width)
        }
    }

    /// Lays what the ranks of this host have side by side.
    ///
    /// - Parameter zeros: whether there is more that others have.
    private func lay(count: Int, zeros: Bool) {
        if zeros { gathered.base.update(repeating: 0, count: count * gathered.width) }
        let view = self.view
        for other in 0..<ranks {
            let part = view.part(of: other).pointee
            for row in 0..<count {
                (gathered.base + row * gathered.width + Int(part.first)).update(
                    from: view.logits(of: other, row: row), count: Int(part.count))
            }
        }
    }

    /// What was gathered of a row: (vocabulary) f32 of the whole model, free to change.
    func logits(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
            start: gathered.base + row * gathered.width, count: gathered.vocabulary)
    }

    /// What rank 0 says, in all ranks, which ask as often.
    package func agree(_ own: Bool) -> Bool {
        let view = self.view
        // Two in turns: who has been told may ask again before the others have read.
        let word = view.words + agreements & 1
        agreements += 1
        if rank == 0 { word.pointee = own ? 1 : 0 }
        view.talk { hosts in word.pointee = hosts.all(word.pointee)[0] }
        return word.pointee != 0
    }
}

/// Logits of the whole model, as one rank has them.
final class GatheredLogits {
    /// (rows, width) f32.
    let base: UnsafeMutablePointer<Float>
    /// Numbers from row to row: the vocabulary in whole lanes.
    let width: Int
    let vocabulary: Int

    init(rows: Int, vocabulary: Int) {
        self.vocabulary = vocabulary
        width = vocabulary.roundedUp(toMultipleOf: ReducePrecision.Lanes.scalarCount)
        base = .allocate(capacity: max(1, rows * width))
        base.initialize(repeating: 0, count: max(1, rows * width))
    }

    deinit { base.deallocate() }
}
