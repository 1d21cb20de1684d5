internal import Suite

/// The arguments of the process as they were written.
enum WrittenArguments {
    /// - Throws: `UsageError` for an argument that is not UTF-8: what stands in `CommandLine.arguments`
    ///   for it is another text, of which every number would be wrong.
    static func check() throws(UsageError) {
        for (index, argument) in CommandLine.arguments.enumerated() {
            guard let written = CommandLine.unsafeArgv[index] else { return }
            if String(validatingCString: written) == nil {
                throw UsageError(
                    "argument \(index) is not UTF-8: '\(argument)'; write it as UTF-8")
            }
        }
    }
}
