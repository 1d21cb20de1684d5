/// A command line that cannot be carried out: one line that names the value and the remedy.
struct UsageError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
