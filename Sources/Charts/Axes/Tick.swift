/// A mark on an axis.
package struct Tick: Equatable, Sendable {
    package let value: Double
    package let label: String

    package init(_ value: Double, label: String) {
        self.value = value
        self.label = label
    }
}
