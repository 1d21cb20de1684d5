internal import Reporting

/// Lines at the end of a terminal that make way for the next ones.
///
/// The cursor is left visible, below them: whatever ends the process, the shell goes on on a line of
/// its own.
struct OverwrittenLines {
    /// The display widths of the lines that are there.
    private var widths: [Int] = []

    /// What to write so that these lines stand in place of those before.
    ///
    /// - Parameter columns: the width of the terminal at this moment; lines are narrower.
    mutating func replaced(by lines: [(text: String, width: Int)], columns: Int) -> String {
        let erasing = erased(columns: columns)
        widths = lines.map(\.width)
        return erasing + lines.map { $0.text + "\n" }.joined()
    }

    /// What to write so that nothing is left of them.
    mutating func erased(columns: Int) -> String {
        // In a terminal that was made narrower they have been wrapped.
        let rows = widths.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(columns, 1)) }
        widths = []
        return rows == 0 ? "" : "\r\u{1B}[\(rows)A\u{1B}[J"
    }
}
