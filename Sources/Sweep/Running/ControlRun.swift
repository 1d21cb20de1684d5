/// A run of the control cell: the same work first and last, so that a difference is the machine's.
package struct ControlRun: Equatable, Sendable {
    /// Which of the measurements of a sweep it belongs to, counted from 0; runs of a group are made
    /// one after the other.
    package let group: Int
    package let repetition: Repetition

    package init(group: Int, repetition: Repetition) {
        self.group = group
        self.repetition = repetition
    }
}
