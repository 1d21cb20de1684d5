/// How a command that did its work ended, where that is not simply done.
struct ExitStatus: Error {
    let code: Int32

    static let done: Int32 = 0
    static let badInput: Int32 = 2

    /// Done, but some cells failed.
    static let someCellsFailed = ExitStatus(code: 1)
    /// A comparison found that something became slower.
    static let regression = ExitStatus(code: 3)
}
