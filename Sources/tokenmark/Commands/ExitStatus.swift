/// How a command that did its work ended, where that is not simply done.
struct ExitStatus: Error {
    let code: Int32

    static let done: Int32 = 0
    static let badInput: Int32 = 2
    /// Done as far as somebody could be told: stdout could not be written.
    static let outputLost: Int32 = 1

    /// Done, but some cells failed.
    static let someCellsFailed = ExitStatus(code: 1)
    /// A comparison found that something became slower.
    static let regression = ExitStatus(code: 3)
    /// Ended by Ctrl-C, with everything kept that was measured.
    static let interrupted = ExitStatus(code: 130)
}
