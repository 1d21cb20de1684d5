/// One number that something counted in a span of time, or why there is none.
package struct Count: Equatable, Sendable {
    /// What was counted, in snake case: `minor_faults`.
    package let name: String
    /// Where: `process`, `worker 0`, `package-0`.
    package let scope: String
    /// `ns`, `J`, `Hz`; empty of plain counts.
    package let unit: String
    /// nil if it could not be counted, never 0 then.
    package let value: Double?
    /// Why there is no value, or what must be known of it.
    package let note: String?

    package init(
        _ name: String, scope: String = "process", unit: String = "", value: Double?,
        note: String? = nil
    ) {
        self.name = name
        self.scope = scope
        self.unit = unit
        self.value = value
        self.note = note
    }

    /// What the kernel does not tell has the reason `unknown`.
    init(_ name: String, unit: String = "", _ value: Int?, unknown: String) {
        self.init(
            name, unit: unit, value: value.map(Double.init), note: value == nil ? unknown : nil)
    }
}
