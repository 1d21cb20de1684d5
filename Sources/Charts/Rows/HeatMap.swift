/// A table of values whose cells are the darker the larger the value, with the value in each.
package struct HeatMap: Equatable, Sendable {
    package enum Cell: Equatable, Sendable {
        /// The value decides the colour; the text stands in the cell, the tip comes up under a pointer.
        case value(Double, text: String, tip: String)
        /// Nothing was measured; the text says in a word why.
        case missing(text: String, tip: String)
        /// There is no such cell.
        case none
    }

    /// What it shows, in a few words, with the unit.
    package var title: String
    /// What it says, for those who cannot see it.
    package var summary = ""
    /// What the columns are.
    package var columnTitle: String
    /// What the rows are.
    package var rowTitle: String
    package var columns: [String]
    package var rows: [String]
    /// A row each, with a cell for each column.
    package var cells: [[Cell]]

    package init(
        title: String, columnTitle: String, rowTitle: String, columns: [String], rows: [String],
        cells: [[Cell]]
    ) {
        self.title = title
        self.columnTitle = columnTitle
        self.rowTitle = rowTitle
        self.columns = columns
        self.rows = rows
        self.cells = cells
    }

    private static let rowHeight = 28.0
    private static let top = 40.0

    package var drawing: Drawing {
        let left = max(textWidth(rowTitle), rows.map { textWidth($0) }.max() ?? 0) + 10
        let texts = cells.joined().map { cell in
            switch cell {
            case .value(_, let text, _), .missing(let text, _): textWidth(text)
            case .none: 0.0
            }
        }
        // Wider than usual rather than with texts that run into each other.
        let least = max(texts.max() ?? 0, columns.map { textWidth($0) }.max() ?? 0) + 8
        let width = max(least, min(72, (400 - left) / Double(max(1, columns.count))))
        var canvas = Canvas()
        let middle = left + width * Double(columns.count) / 2
        canvas.text(columnTitle, x: middle, y: 11, anchor: .middle, class: "axis")
        canvas.text(rowTitle, x: 0, y: 31, class: "axis")
        for (index, column) in columns.enumerated() {
            canvas.text(
                column, x: left + (Double(index) + 0.5) * width, y: 31, anchor: .middle,
                class: "tick")
        }
        let colours = self.colours
        for (row, cells) in cells.enumerated() {
            let y = Self.top + Double(row) * Self.rowHeight
            canvas.text(
                row < rows.count ? rows[row] : "", x: left - 10, y: y + 18, anchor: .end,
                class: "tick")
            for (column, cell) in cells.enumerated() {
                draw(
                    cell, colours, x: left + Double(column) * width, y: y, width: width,
                    on: &canvas)
            }
        }
        return Drawing(
            width: max(left + width * Double(columns.count), 120),
            height: Self.top + Double(cells.count) * Self.rowHeight, title: title, summary: summary,
            of: canvas)
    }

    private func draw(
        _ cell: Cell, _ colours: HeatColours, x: Double, y: Double, width: Double,
        on canvas: inout Canvas
    ) {
        func field(_ text: String, _ name: String, _ ink: String, _ tip: String) {
            canvas.rectangle(
                x: x + 1, y: y + 1, width: width - 2, height: Self.rowHeight - 2,
                class: "mark \(name)", corner: 3, tip: tip)
            canvas.text(text, x: x + width / 2, y: y + 18, anchor: .middle, class: ink)
        }
        switch cell {
        case .value(let value, let text, let tip):
            let level = colours.level(of: value)
            field(text, "h\(level + 1)", level < 4 ? "value on-low" : "value on-high", tip)
        case .missing(let text, let tip): field(text, "missing", "value on-missing", tip)
        case .none: break
        }
    }

    private var colours: HeatColours {
        HeatColours(
            cells.joined().compactMap { cell in
                if case .value(let value, _, _) = cell { value } else { nil }
            })
    }
}
