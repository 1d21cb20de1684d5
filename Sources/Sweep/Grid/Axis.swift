/// What a grid varies or repeats, named as the command line names it.
package enum Axis: String, Sendable, CaseIterable, CustomStringConvertible {
    case batch
    case pairs
    case input
    case output
    case ranks
    case threads
    case repetitions
    case warmup
    case control
    case exponent
    case grid

    package var description: String { rawValue }

    /// What a user may write, for error messages.
    var expected: String {
        switch self {
        case .pairs: "input x output pairs such as 256x256,512x128"
        case .repetitions: "a number of 1 or more"
        case .warmup, .control: "a number of 0 or more"
        case .exponent: "exponents of two, the smaller first, such as 5 and 10"
        case .batch, .input, .output, .ranks, .threads, .grid:
            "numbers of 1 or more and ranges such as 1,2,4 or 8-32+8 or 1-64*2"
        }
    }
}
