/// A line of a configuration that cannot be read.
package struct IniError: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let problem: String

    package var description: String { "line \(line): \(problem)" }
}
