/// What can be wrong with a sweep: the grid that was asked for, or what an engine did with a point.
package enum SweepError: Error, Equatable, CustomStringConvertible {
    /// An axis, or an item of it, has no text or no values.
    case empty(axis: Axis, text: String, position: Int)
    /// An item does not follow the grammar; `position` counts characters from 1.
    case malformed(axis: Axis, item: String, text: String, position: Int)
    /// An item is a number, but larger than ``Grid/largestValue``, or than any integer.
    case tooLarge(axis: Axis, item: String, position: Int)
    /// An item is zero, or negative in a grid that was not parsed.
    case notPositive(axis: Axis, item: String, position: Int)
    /// A range ends before it begins.
    case descending(axis: Axis, item: String, position: Int)
    /// The step of a range, `+0` or `*1`, never reaches its end.
    case endless(axis: Axis, item: String, position: Int)
    /// More cells, or more values of an axis, than ``Grid/mostCells``.
    case tooMany(axis: Axis, text: String)
    /// A grid that has no such name.
    case unknownGrid(String)

    /// The engine broke its contract, or ended before it was done.
    case engine(String)

    package var description: String {
        switch self {
        case .empty(let axis, let text, let position):
            "\(axis): nothing at position \(position) of \"\(text)\"; give \(axis.expected)"
        case .malformed(let axis, let item, let text, let position):
            "\(axis): \"\(item)\" at position \(position) of \"\(text)\" is not valid; "
                + "give \(axis.expected)"
        case .tooLarge(let axis, let item, let position):
            "\(axis): \"\(item)\" at position \(position) is too large; "
                + "the most is \(Grid.largestValue)"
        case .notPositive(let axis, let item, let position):
            "\(axis): \"\(item)\" at position \(position) is not positive; the least is 1"
        case .descending(let axis, let item, let position):
            "\(axis): range \"\(item)\" at position \(position) goes down; "
                + "write the smaller end first"
        case .endless(let axis, let item, let position):
            "\(axis): range \"\(item)\" at position \(position) never ends; "
                + "step by +1 or more, or by *2 or more"
        case .tooMany(let axis, let text):
            "\(axis): \(text) is more than \(Grid.mostCells); shorten the lists or step wider"
        case .unknownGrid(let name):
            "grid \"\(name)\" is unknown; the named grids are "
                + Grid.Name.allCases.map(\.rawValue).joined(separator: ", ")
        case .engine(let what):
            what
        }
    }
}
