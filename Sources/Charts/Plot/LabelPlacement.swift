/// Finds places for labels beside their points, such that they cover neither points nor each other.
struct LabelPlacement {
    private struct Box {
        var left: Double
        var top: Double
        var right: Double
        var bottom: Double

        func meets(_ other: Box) -> Bool {
            left < other.right && other.left < right && top < other.bottom && other.top < bottom
        }
    }

    private let frame: Box
    private var taken: [Box] = []

    init(left: Double, top: Double, right: Double, bottom: Double) {
        frame = Box(left: left, top: top, right: right, bottom: bottom)
    }

    /// Keeps the place of a point free.
    mutating func avoid(_ point: (x: Double, y: Double)) {
        taken.append(
            Box(left: point.x - 4, top: point.y - 4, right: point.x + 4, bottom: point.y + 4))
    }

    /// Right, left, above or below of the point, whichever is free first; nil if none is.
    mutating func place(
        _ label: String, beside point: (x: Double, y: Double)
    ) -> (x: Double, y: Double, anchor: Canvas.Anchor)? {
        let width = textWidth(label)
        let candidates: [(x: Double, y: Double, anchor: Canvas.Anchor)] = [
            (point.x + 7, point.y + 4, .start), (point.x - 7, point.y + 4, .end),
            (point.x, point.y - 8, .middle), (point.x, point.y + 16, .middle),
            (point.x + 5, point.y - 7, .start), (point.x - 5, point.y - 7, .end),
            (point.x + 5, point.y + 14, .start), (point.x - 5, point.y + 14, .end),
        ]
        for candidate in candidates {
            let left =
                switch candidate.anchor {
                case .start: candidate.x
                case .middle: candidate.x - width / 2
                case .end: candidate.x - width
                }
            let box = Box(
                left: left, top: candidate.y - 9, right: left + width, bottom: candidate.y + 3)
            guard box.left >= frame.left, box.right <= frame.right, box.top >= frame.top,
                box.bottom <= frame.bottom, !taken.contains(where: box.meets)
            else { continue }
            taken.append(box)
            return candidate
        }
        return nil
    }
}
