/// Why bytes are not JSON, and where.
package struct JSONError: Error, Equatable {
    /// Counted from 1.
    package let line: Int
    package let problem: String
    /// What to do with what a person or a program wrote so; nil where the file may be damaged.
    package var remedy: String?

    /// Line, problem and remedy, where there is one.
    var mendable: String? { remedy.map { "in line \(line), \(problem); \($0)" } }
}
