internal import ArgumentParser
internal import Basics
internal import Isolation
internal import Machine
internal import Measurement
internal import Suite

/// `tokenmark worker`: runs the cells of a sweep in a process of their own; started by the sweep.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Runs cells for another process, asked over standard input.",
        shouldDisplay: false
    )

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    @Flag(help: "Leave the threads to the scheduler.")
    var unpinned = false

    @Flag(inversion: .prefixedNo, help: "Measure the roof when asked.")
    var roof = true

    @Option(
        parsing: .unconditional,
        help: "Positions that every sequence has room for at least.")
    var maxSeqLen = 0

    func run() throws {
        ParentProcess.dieWithIt()
        let server = WorkerServer()
        var settings = modelOptions.settings(on: machineOptions)
        settings.pinsThreads = !unpinned
        settings.measuresRoof = roof
        let start = Clock.now()
        let loaded: LoadedModel
        let facts: RunFacts
        do {
            loaded = try settings.load()
            facts = try RunFacts(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
        } catch {
            server.refuse(String(describing: error))
            throw ExitStatus.badInput
        }
        try server.serve(
            QwenEngine(loaded, facts, measuresRoof: roof, leastPositions: maxSeqLen),
            facts: try facts.json())
    }
}
