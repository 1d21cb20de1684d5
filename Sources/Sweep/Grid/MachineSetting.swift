/// How the machine is used at a point, where a grid varies it; what it does not vary is nil.
///
/// The values are those of the command line, and only the engine knows what they mean.
package struct MachineSetting: Hashable, Codable, Sendable {
    package var threads: Int?
    /// CPUs to pin to.
    package var cpus: String?
    /// Where memory lies.
    package var numa: String?
    /// Instruction set.
    package var isa: String?

    package init(
        threads: Int? = nil, cpus: String? = nil, numa: String? = nil, isa: String? = nil
    ) {
        self.threads = threads
        self.cpus = cpus
        self.numa = numa
        self.isa = isa
    }

    /// What a grid that varies nothing of the machine has.
    package static let inherited = MachineSetting()

    /// Part of a point's name, such as `t2-interleave-avx2`; nil if nothing is varied.
    package var id: String? {
        let parts = [threads.map { "t\($0)" }, cpus.map { "cpus\($0)" }, numa, isa].compactMap(
            \.self)
        return parts.isEmpty ? nil : parts.joined(separator: "-")
    }
}
