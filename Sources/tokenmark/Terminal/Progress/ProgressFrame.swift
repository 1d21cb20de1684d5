internal import Reporting
internal import Sweep

/// What a terminal shows of a sweep at one moment: how far it is, what runs, and what was measured
/// last against what had been predicted.
struct ProgressFrame {
    var time: SweepTime?
    /// When it will be over, as a time of day: it stays right while a long call runs and nothing is
    /// drawn.
    var endTime: String?
    var activity: String
    /// The cell that runs.
    var cell: CellProgress?
    /// The last cell of which something was measured.
    var last: CellProgress?

    enum Colour: String {
        case bar = "32"
        case aside = "2"
        case warning = "33"

        func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
    }

    private struct Part {
        var text: String
        var colour: Colour?

        init(_ text: String, _ colour: Colour? = nil) {
            self.text = text
            self.colour = colour
        }
    }

    private static let barWidths = 10...40

    /// Two or three lines, each with as many of its parts as fit, the most telling first.
    func lines(
        columns: Int, _ style: ProgressView.Style
    ) -> [(text: String, width: Int)] {
        // A terminal may wrap a line that fills its last column.
        let width = max(1, columns - 1)
        var lines: [[Part]] = []
        if let time { lines.append(standing(time, width: width)) }
        lines.append([Part(activity)] + predictedParts)
        if let last, let measured = last.measured {
            let name =
                last.cell == cell?.cell ? [] : [Part("last: \(ProgressText.name(last.point))")]
            lines.append(
                name
                    + ProgressText.times(measured, predicted: last.predicted).map { Part($0) })
        }
        return lines.map {
            Self.text(fitting($0, width), isColoured: style == .live(isColoured: true))
        }
    }

    /// What the cell that runs is thought to take, until it is measured.
    private var predictedParts: [Part] {
        guard let cell, cell.measured == nil, let predicted = cell.predicted else { return [] }
        let times = ProgressText.times(predicted, predicted: nil).joined(separator: ", ")
        return [Part("predicted \(times)", .aside)]
    }

    /// The bar takes what the words leave; where that is too little there is none.
    private func standing(_ time: SweepTime, width: Int) -> [Part] {
        var words: [String] = []
        if let share = time.share { words.append("\(Int((share * 100).rounded(.down))) %") }
        if let cell { words.append("cell \(cell.cell)/\(cell.cellCount)") }
        if let left = time.remainingSeconds { words.append("\(ProgressText.duration(left)) left") }
        if let endTime { words.append("until \(endTime)") }
        let taken = words.reduce(0) { $0 + $1.displayWidth + 2 }
        let room = min(Self.barWidths.upperBound, width - taken - 2)
        guard room >= Self.barWidths.lowerBound else { return words.map { Part($0) } }
        let filled = Int(((time.share ?? 0) * Double(room)).rounded(.down))
        let bar = String(repeating: "=", count: filled).padded(toWidth: room)
        return [Part("[\(bar)]", .bar)] + words.map { Part($0) }
    }

    private func fitting(_ parts: [Part], _ width: Int) -> [Part] {
        guard var first = parts.first else { return [] }
        first.text = first.text.cut(toWidth: width)
        var kept = [first]
        var taken = first.text.displayWidth
        for part in parts.dropFirst() {
            taken += 2 + part.text.displayWidth
            guard taken <= width else { break }
            kept.append(part)
        }
        return kept
    }

    private static func text(_ parts: [Part], isColoured: Bool) -> (text: String, width: Int) {
        let plain = parts.map(\.text).joined(separator: "  ")
        guard isColoured else { return (plain, plain.displayWidth) }
        let coloured = parts.map { part in part.colour?.applied(to: part.text) ?? part.text }
        return (coloured.joined(separator: "  "), plain.displayWidth)
    }
}
