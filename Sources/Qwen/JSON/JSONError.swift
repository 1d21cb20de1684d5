/// Why bytes are not JSON, and where.
package struct JSONError: Error, Equatable {
    /// Counted from 1.
    package let line: Int
    package let problem: String
}
