import Kernels
import Testing

@Suite struct PanelLayoutTests {
    @Test func f32StepHoldsOneNumberOfEachChannel() {
        let rows: [Float] = (0..<32).map(Float.init)  // 16 channels × 2 deep
        let panel = ElementBuffer(.f32, count: 32, offset: 0)
        PanelLayout(.f32).pack(
            rows: rows, rowCount: 16, rowStride: 2, depth: 2, stepCount: 2, into: panel.base)
        #expect(panel[0] == 0 && panel[1] == 2 && panel[15] == 30)
        #expect(panel[16] == 1 && panel[31] == 31)
    }

    @Test func bf16StepHoldsTwoNumbersOfEachChannel() {
        let rows: [Float] = (0..<48).map(Float.init)  // 16 channels × 3 deep
        let panel = ElementBuffer(.bf16, count: 64, offset: 0)
        PanelLayout(.bf16).pack(
            rows: rows, rowCount: 16, rowStride: 3, depth: 3, stepCount: 2, into: panel.base)
        #expect(panel[0] == 0 && panel[1] == 1 && panel[2] == 3 && panel[31] == 46)
        // The third number of channel 0, then the padding.
        #expect(panel[32] == 2 && panel[33] == 0)
    }

    @Test(arguments: [Element.f32, .bf16])
    func unpackReadsWhatPackWrote(_ element: Element) {
        let depth = 7
        let rows = (0..<20 * depth).map { Float($0 % 100) }  // exact in bf16
        let steps = element.stepCount(depth: depth)
        let panelBytes = steps * PackedPanels.stepByteCount
        let storage = ElementBuffer(
            element, count: 2 * panelBytes / element.resultByteCount, offset: 0)
        let layout = PanelLayout(element)
        rows.withUnsafeBufferPointer {
            layout.pack(
                rows: $0.baseAddress!, rowCount: 16, rowStride: depth, depth: depth,
                stepCount: steps, into: storage.base)
            layout.pack(
                rows: $0.baseAddress! + 16 * depth, rowCount: 4, rowStride: depth, depth: depth,
                stepCount: steps, into: storage.base + panelBytes)
        }
        let panels = PackedPanels(base: storage.base, panelStride: panelBytes, stepCount: steps)
        var row = [Float](repeating: 0, count: depth)
        for channel in [0, 1, 15, 16, 19] {
            layout.unpack(channel: channel, of: panels, depth: depth, into: &row)
            #expect(row == Array(rows[channel * depth..<(channel + 1) * depth]))
        }
        layout.unpack(channel: 20, of: panels, depth: depth, into: &row)
        #expect(row == [Float](repeating: 0, count: depth))
    }

    /// Of a group of 32, weights that were quantised before need not use all 16 levels.
    @Test(arguments: [5, 11, 16])
    func numbersOnAGridStayThere(_ levels: Int) {
        let depth = 96
        let rows = (0..<16 * depth).map { index in
            let (channel, k) = index.quotientAndRemainder(dividingBy: depth)
            return Float((k * k + channel) % levels - channel % 4) / 32
        }
        let steps = Element.int4.stepCount(depth: depth)
        let byteCount = Element.int4.panelByteCount(depth: depth)
        let panel = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        defer { panel.deallocate() }
        let layout = PanelLayout(.int4)
        layout.pack(
            rows: rows, rowCount: 16, rowStride: depth, depth: depth, stepCount: steps, into: panel)
        let panels = PackedPanels(base: panel, panelStride: byteCount, stepCount: steps)
        var row = [Float](repeating: 0, count: depth)
        for channel in 0..<16 {
            layout.unpack(channel: channel, of: panels, depth: depth, into: &row)
            let given = rows[channel * depth..<(channel + 1) * depth]
            #expect(zip(row, given).allSatisfy { abs($0 - $1) < 5e-4 }, "channel \(channel)")
        }
    }
}
