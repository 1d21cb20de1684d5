internal import Foundation
internal import Isolation
internal import Machine

/// Starts the ranks of a model: MPI's launcher, and the program that it runs.
struct RankLauncher {
    /// `{ranks}` stands for their number, `{hosts}` for the hosts, each with its own number of them.
    private static func usual(hasHosts: Bool) -> String {
        "mpirun -n {ranks}" + (hasHosts ? " --host {hosts}" : "")
    }
    /// Names the program that runs one rank, where it is not beside this one.
    private static let variable = "TOKENMARK_RANK"
    private static let program = "tokenmark-rank"
    private static let remedy =
        "run scripts/bootstrap --with-mpi, then TOKENMARK_MPI=openmpi swift build -c release"

    /// What MPI needs to be told, unless the user has told it otherwise: root may start it, as in a
    /// container; ranks pin their threads themselves; there may be more ranks than it counts slots; no
    /// copies by a system call that containers forbid.
    private static let environment = [
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_hwloc_base_binding_policy": "none", "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    ]

    /// Until all ranks have met, enough for many hosts that are reached one after the other.
    static let meetingSeconds = 30.0

    private let words: [String]
    private let hosts: [String]?
    /// Of this process.
    private let own: [String: String]

    private var usual: String { Self.usual(hasHosts: hosts != nil) }

    /// - Parameters:
    ///   - line: The launcher's command line; nil for the usual one.
    ///   - hosts: That the ranks are spread over; nil for this one.
    /// - Throws: ``UsageError`` for one that names no program, or does not say how many, and where.
    init(
        _ line: String?, hosts: [String]? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(UsageError) {
        own = environment
        self.hosts = hosts
        let usual = Self.usual(hasHosts: hosts != nil)
        words = (line ?? usual).split(separator: " ").map(String.init)
        guard !words.isEmpty else {
            throw UsageError("--launcher is empty; write one such as '\(usual)'")
        }
        guard words.contains(where: { $0.contains("{ranks}") }) else {
            throw UsageError(
                "--launcher '\(line ?? "")' does not say where the number of ranks goes; write "
                    + "{ranks} in it, as in '\(usual)'")
        }
        let namesHosts = words.contains { $0.contains("{hosts}") }
        guard namesHosts == (hosts != nil) else {
            throw UsageError(
                namesHosts
                    ? "--launcher asks for {hosts}, and there are none: give --hosts too"
                    : "--launcher '\(line ?? "")' does not say where the hosts go; write {hosts} in "
                        + "it, as in '\(usual)'")
        }
    }

    /// - Throws: ``UsageError`` where a program is not there.
    func command(
        _ settings: CoreSettings, ranks: Int, pointTimeout: Double? = nil, memoryLimit: Int? = nil
    ) throws -> WorkerEngine.Command {
        let launcher = try self.launcher()
        let program = try rankProgram()
        let settings = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        var environment = Self.environment.filter { own[$0.key] == nil }
        environment[ParentProcess.variable] = ParentProcess.ownName
        var command = WorkerEngine.Command(
            program: launcher, arguments: options(ranks: ranks) + [program, settings],
            environment: environment, pointTimeout: pointTimeout, memoryLimit: memoryLimit)
        command.isLauncher = true
        command.meetingTimeout = Self.meetingSeconds
        return command
    }

    /// Of the launcher's command line.
    func options(ranks: Int) -> [String] {
        let places = hosts.map { RankHosts.text(of: $0, ranks: ranks) } ?? ""
        return words.dropFirst().map {
            $0.replacingOccurrences(of: "{ranks}", with: "\(ranks)")
                .replacingOccurrences(of: "{hosts}", with: places)
        }
    }

    private func launcher() throws(UsageError) -> String {
        let name = words[0]
        let folders = (own["PATH"] ?? "").split(separator: ":")
        let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
        guard let found = candidates.first(where: Self.isProgram) else {
            throw UsageError(
                "there is no \(name) to start ranks with; \(Self.remedy), or name another one: "
                    + "--launcher '\(usual)'")
        }
        return found
    }

    private static func isProgram(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
    }

    private func rankProgram() throws(UsageError) -> String {
        let beside = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path =
            own[Self.variable]
            ?? URL(fileURLWithPath: beside ?? "").deletingLastPathComponent()
            .appendingPathComponent(Self.program).path
        guard Self.isProgram(path) else {
            throw UsageError(
                "there is no \(path), which runs a rank; \(Self.remedy), or name it: "
                    + "\(Self.variable)=PATH")
        }
        return path
    }
}
