/// The axes of a grid that are not sizes: how the machine is used.
///
/// An axis without values is not varied.
package struct MachineAxes: Equatable, Codable, Sendable {
    package var threads: [Int] = []
    package var cpus: [String] = []
    package var numa: [String] = []
    package var isa: [String] = []

    package init() {}

    /// Every combination, the threads as the outermost loop; one that varies nothing if all axes are
    /// empty.
    package var settings: [MachineSetting] {
        var settings = [MachineSetting.inherited]
        func vary<Value>(_ values: [Value], _ property: WritableKeyPath<MachineSetting, Value?>) {
            guard !values.isEmpty else { return }
            settings = settings.flatMap { setting in
                values.map { value in
                    var varied = setting
                    varied[keyPath: property] = value
                    return varied
                }
            }
        }
        vary(threads, \.threads)
        vary(cpus, \.cpus)
        vary(numa, \.numa)
        vary(isa, \.isa)
        return settings
    }
}
