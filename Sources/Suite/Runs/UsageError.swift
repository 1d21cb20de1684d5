/// A command line that cannot be carried out: one line that names the value and the remedy.
package struct UsageError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
