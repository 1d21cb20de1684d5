internal import ArgumentParser
internal import Machine
internal import Reporting
internal import Suite

/// `tokenmark doctor`: the machine as a benchmark sees it, its roof, and what disturbs it.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Describes the machine, measures its roof, and says what disturbs it.",
        discussion: """
            The roof is measured on the threads, pins and memory that a sweep with the same \
            options would use: reading a large buffer, and multiplying on registers alone. On a \
            shared machine it moves from minute to minute. The last line says "ready", or what to do \
            first. With --ranks, ranks are started that measure how long they take to add up numbers of \
            some sizes. --format is text or json; docs/schemas describes the latter.

            Example: tokenmark doctor --threads 2
            """
    )

    @OptionGroup(title: "Machine") var machineOptions: MachineOptions
    @OptionGroup(title: "Machine") var rankOptions: RankOptions

    @Flag(inversion: .prefixedNo, help: "Measure the roof, which takes a second or two.")
    var roof = true

    @OptionGroup var formatOptions: FormatOptions

    func run() throws {
        let choice = try formatOptions.choice(of: [], [.text, .json])
        var settings = CoreSettings(on: machineOptions.settings)
        try rankOptions.apply(to: &settings)
        let ranks = settings.machine.rankCount > 1 ? try RankProbe(settings) : nil
        // Before threads are pinned, which narrows what this one may use.
        let machine = MachineDescription.read()
        let diagnosis = Diagnosis(
            machine: machine, instructionSets: InstructionSetChoice.refusals,
            roof: roof ? try MachineRoof(of: machineOptions.settings.execution()) : nil,
            ranks: ranks)
        try formatOptions.give(diagnosis.document, as: choice)
    }
}
