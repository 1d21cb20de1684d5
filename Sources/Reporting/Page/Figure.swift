package import Charts

/// A drawing in a page, with its title above it.
package struct Figure: Equatable, Sendable {
    package var drawing: Drawing
    /// A sentence below it; empty for none.
    package var note: String
    /// Whether it keeps its size on a narrow screen and scrolls in itself, such as a flame graph.
    package var isWide: Bool
    /// The id of the element of the page that has its numbers as text; nil for none.
    package var details: String?

    package init(_ drawing: Drawing, note: String = "", isWide: Bool = false) {
        self.drawing = drawing
        self.note = note
        self.isWide = isWide
    }

    /// The element of a page.
    package var markup: Markup {
        let note: Markup = note.isEmpty ? "" : "<p class=\"note\">\(note)</p>\n"
        let name: Markup = isWide ? " class=\"wide\"" : ""
        // What scrolls must be within reach of the keyboard.
        let scroll: Markup =
            isWide ? " role=\"group\" tabindex=\"0\" aria-label=\"\(drawing.title)\"" : ""
        return """
            <figure\(name)>
            <figcaption>\(drawing.title)</figcaption>
            <div class="scroll"\(scroll)>
            \(drawing.inline(details: details))</div>
            \(note)</figure>

            """
    }
}
