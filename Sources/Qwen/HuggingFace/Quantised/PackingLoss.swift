internal import Kernels

/// How far packed weights are from the numbers that they were made of.
///
/// Measured of a sample: 16 rows from the middle of each matrix, packed as the precision says and read
/// back. Of a matrix it is √(Σ (packed − given)² / Σ given²).
package struct PackingLoss: Equatable, Sendable, CustomStringConvertible {
    /// The mean over the matrices, as a fraction.
    package let mean: Double
    /// That of the worst matrix.
    package let largest: Double
    /// The worst matrix.
    package let worst: TensorRole

    /// As in `by 0.17 % (relative RMS error of a sample; at most 0.17 %, blk.0.attn_q.weight)`.
    package var description: String {
        "by \(Self.percent(mean)) (relative RMS error of a sample; at most \(Self.percent(largest)), "
            + "\(worst.name))"
    }

    /// Three digits that say something.
    private static func percent(_ fraction: Double) -> String {
        guard fraction > 0 else { return "0 %" }
        var (value, scale) = (100 * fraction, 1.0)
        while value * scale < 100, scale < 1e9 { scale *= 10 }
        value = (value * scale).rounded() / scale
        return "\(value) %"
    }

    /// nil where all weights are 0.
    package init?(
        of source: any TensorSource, _ model: ModelConfiguration, precision: Precision
    ) {
        var losses: [(role: TensorRole, loss: Double)] = []
        for role in TensorRole.all(model) where role.shape(model).rows > 1 {
            let element =
                switch role {
                case .tokenEmbedding, .outputHead: precision.head
                default: precision.weights
                }
            if let loss = Self.loss(of: source, role, role.shape(model), element) {
                losses.append((role, loss))
            }
        }
        guard let worst = losses.max(by: { $0.loss < $1.loss }) else { return nil }
        mean = losses.reduce(0) { $0 + $1.loss } / Double(losses.count)
        largest = worst.loss
        self.worst = worst.role
    }

    private static func loss(
        of source: any TensorSource, _ role: TensorRole, _ shape: (rows: Int, columns: Int),
        _ element: Element
    ) -> Double? {
        let count = min(PackedPanels.channels, shape.rows)
        let depth = shape.columns
        let first = (shape.rows - count) / 2
        var given = [Float](repeating: 0, count: count * depth)
        given.withUnsafeMutableBufferPointer { rows in
            for row in 0..<count {
                source.readRow(
                    role, row: first + row,
                    into: UnsafeMutableBufferPointer(
                        rebasing: rows[row * depth..<(row + 1) * depth]))
            }
        }
        let layout = PanelLayout(element, fit: source.isTrained ? .leastSquares : .range)
        let byteCount = element.panelByteCount(depth: depth)
        return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 64) { panel in
            guard let base = panel.baseAddress else { return nil }
            layout.pack(
                rows: given, rowCount: count, rowStride: depth, depth: depth,
                stepCount: element.stepCount(depth: depth), into: base)
            let panels = PackedPanels(
                base: base, panelStride: byteCount, stepCount: element.stepCount(depth: depth))
            return loss(of: given, in: panels, layout, depth)
        }
    }

    private static func loss(
        of given: [Float], in panels: PackedPanels, _ layout: PanelLayout, _ depth: Int
    ) -> Double? {
        var error = 0.0
        var size = 0.0
        var packed = [Float](repeating: 0, count: depth)
        for (channel, start) in stride(from: 0, to: given.count, by: depth).enumerated() {
            layout.unpack(channel: channel, of: panels, depth: depth, into: &packed)
            for index in 0..<depth {
                let difference = Double(packed[index]) - Double(given[start + index])
                error += difference * difference
                size += Double(given[start + index]) * Double(given[start + index])
            }
        }
        return size > 0 ? (error / size).squareRoot() : nil
    }
}
