/// Where the boxes of a flame graph lie: widths are times, and each box stands on the one it is a
/// part of.
struct FlameLayout: Equatable {
    struct Box: Equatable {
        /// From the lowest box to this one.
        let path: [String]
        let nanoseconds: UInt64
        /// From the left, of the width of the graph.
        let x: Double
        let width: Double

        /// 0 for the lowest.
        var level: Int { path.count - 1 }
        var name: String { path.last ?? "" }
    }

    let boxes: [Box]
    /// How many levels there are.
    let levelCount: Int

    /// - Parameter width: of the lowest box.
    init(_ root: Frame, width: Double) {
        var boxes: [Box] = []
        let scale = root.nanoseconds > 0 ? width / Double(root.nanoseconds) : 0
        Self.place(root, below: [], at: 0, scale: scale, into: &boxes)
        self.boxes = boxes
        levelCount = root.height
    }

    private static func place(
        _ frame: Frame, below: [String], at x: Double, scale: Double, into boxes: inout [Box]
    ) {
        let path = below + [frame.name]
        boxes.append(
            Box(
                path: path, nanoseconds: frame.nanoseconds, x: x,
                width: Double(frame.nanoseconds) * scale))
        var x = x
        for child in frame.children {
            place(child, below: path, at: x, scale: scale, into: &boxes)
            x += Double(child.nanoseconds) * scale
        }
    }
}
