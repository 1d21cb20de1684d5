package import Basics
package import Charts

extension FlameGraph {
    private static let rowHeight = 22.0
    private static let headingHeight = 20.0
    private static let gap = 14.0

    /// One graph for each phase, below each other and equally wide: phases are limited by different
    /// things, and are not compared.
    ///
    /// - Parameter width: in the units of drawings.
    package func drawing(width: Double, in language: Language = .en) -> Drawing {
        var canvas = Canvas()
        var top = 0.0
        for phase in phases {
            let milliseconds = NumberText.threeDigits(Double(phase.nanoseconds) / 1e6)
            canvas.text(
                language(
                    en: "\(phase.name): \(milliseconds) ms of all threads together",
                    zh: "\(phase.name)：各线程共 \(milliseconds) ms"), x: 0, y: top + 12,
                class: "axis")
            top += Self.headingHeight
            let layout = FlameLayout(phase, width: width)
            let bottom = top + Double(layout.levelCount) * Self.rowHeight
            for box in layout.boxes {
                Self.draw(
                    box, bottom: bottom - Double(box.level) * Self.rowHeight,
                    share: Double(box.nanoseconds) / Double(max(1, phase.nanoseconds)), on: &canvas)
            }
            top = bottom + Self.gap
        }
        return Drawing(
            width: width, height: max(0, top - Self.gap),
            title: language(
                en: "Time of all threads by operator and kernel", zh: "各线程的时间，按算子和内核"),
            summary: language(en: "Flame graph of both phases", zh: "两个阶段的火焰图"), of: canvas)
    }

    private static func draw(
        _ box: FlameLayout.Box, bottom: Double, share: Double, on canvas: inout Canvas
    ) {
        let percent = NumberText.threeDigits(share * 100)
        let milliseconds = NumberText.threeDigits(Double(box.nanoseconds) / 1e6)
        canvas.rectangle(
            x: box.x, y: bottom - rowHeight + 1, width: max(0.5, box.width - 1),
            height: rowHeight - 1, class: "mark area \(colour(box).name)", corner: 2,
            tip: "\(box.path.joined(separator: " › ")): \(milliseconds) ms, \(percent) %")
        let room = box.width - 9
        let label = box.level == 1 ? "\(box.name) \(percent) %" : box.name
        let text = textWidth(label) <= room ? label : clipped(box.name, toWidth: room)
        // An ellipsis after one or two letters says nothing.
        guard text == box.name || text == label || text.count > 3 else { return }
        canvas.text(text, x: box.x + 4, y: bottom - 7)
    }

    /// Work stands out from waiting, and what ran from what asked for it.
    private static func colour(_ box: FlameLayout.Box) -> Colour {
        switch (box.name, box.level) {
        case (waiting, 2): .series(1)
        case (other, 1), (_, 0): .muted
        case (_, 1): .series(0)
        default: .series(2)
        }
    }
}
