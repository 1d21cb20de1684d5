/// The axes of a grid that are not sizes: how the machine is used.
///
/// An axis without values is not varied.
package struct MachineAxes: Equatable, Codable, Sendable {
    package var threads: [Int] = []
    package var cpus: [String] = []
    package var numa: [String] = []
    package var isa: [String] = []

    package init() {}

    /// How many settings there are, without laying them out; nil if too many to count.
    package var settingCount: Int? {
        var count = 1
        for values in [threads.count, cpus.count, numa.count, isa.count] where values > 0 {
            let (product, overflow) = count.multipliedReportingOverflow(by: values)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }

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
