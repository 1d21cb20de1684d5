/// What came of adding a report.
package enum Addition: Equatable, Sendable {
    case added
    /// The history has it already, as it is.
    case known
    /// The run has grown or ended since it was added.
    case replaced
    /// The history has more of the run than the report.
    case kept
}
