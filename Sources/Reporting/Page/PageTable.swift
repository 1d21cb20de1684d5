package import Charts

/// A table of a page whose columns can be sorted by a click on their header.
package struct PageTable<Row> {
    package struct Field {
        package enum Kind: String, Sendable {
            /// A word or a few, on one line.
            case text
            /// Sentences, on as many lines as they take.
            case prose
            case number
        }

        let markup: Markup
        /// What a column is sorted by; nil sorts last.
        let order: Double?
        let kind: Kind

        package init(_ markup: Markup, order: Double? = nil, kind: Kind = .text) {
            self.markup = markup
            self.order = order
            self.kind = kind
        }

        package static func text(_ text: String) -> Field { Field(Markup(escaping: text)) }

        package static func prose(_ text: String) -> Field {
            Field(Markup(escaping: text), kind: .prose)
        }

        /// A count; a missing one is a dash.
        package static func number(_ value: Int?) -> Field {
            guard let value else { return .missing }
            return Field("\(value)", order: Double(value), kind: .number)
        }

        private static var missing: Field {
            Field("<span class=\"none\">–</span>", kind: .number)
        }

        /// A number with four digits, and something smaller below it; a missing one is a dash.
        package static func number(_ value: Double?, detail: String? = nil) -> Field {
            let number: Markup =
                value.map { $0 == 0 ? "0" : "\(fourDigits($0))" } ?? Self.missing.markup
            let detail: Markup = detail.map { "<small>\($0)</small>" } ?? ""
            return Field(number + detail, order: value, kind: .number)
        }
    }

    package struct Column {
        let title: String
        let unit: String
        let field: (Row) -> Field

        package init(_ title: String, unit: String = "", _ field: @escaping (Row) -> Field) {
            self.title = title
            self.unit = unit
            self.field = field
        }
    }

    package let caption: String
    package let columns: [Column]
    package let rows: [Row]

    /// - Parameter caption: What the table holds, for those who hear it.
    package init(caption: String, columns: [Column], rows: [Row]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }

    /// The element of a page.
    package var markup: Markup {
        let fields = rows.map { row in columns.map { $0.field(row) } }
        let headers = columns.enumerated().map { index, column -> Markup in
            let isNumber = fields.contains { $0[index].kind == .number }
            let unit: Markup = column.unit.isEmpty ? "" : "<small>\(column.unit)</small>"
            return
                "<th scope=\"col\"\(Self.name(isNumber ? .number : .text))>\(column.title)\(unit)</th>"
        }
        let body = fields.map { "<tr>\($0.map(Self.markup))</tr>\n" as Markup }
        return """
            <div class="scroll" role="group" tabindex="0" aria-label="\(caption)">
            <table class="sortable">
            <caption>\(caption)</caption>
            <thead><tr>\(headers)</tr></thead>
            <tbody>
            \(body)</tbody>
            </table>
            </div>

            """
    }

    private static func markup(_ field: Field) -> Markup {
        let order: Markup = field.order.map { " data-order=\"\($0.description)\"" } ?? ""
        return "<td\(name(field.kind))\(order)>\(field.markup)</td>"
    }

    private static func name(_ kind: Field.Kind) -> Markup {
        kind == .text ? "" : " class=\"\(kind.rawValue)\""
    }
}
