import Basics
import Foundation
import Glibc
import Isolation
import Machine
import Qwen
import Suite
import Synchronization

/// Meets the other ranks, loads this one's part of the model, and serves until the parent has no more
/// requests.
///
/// - Returns: the exit status.
func runRank(_ settings: CoreSettings) -> Int32 {
    let gate = MeetingGate()
    let group: MPIGroup
    do {
        group = try MPIGroup(asked: settings.machine.rankCount)
    } catch {
        RankServer.tellRefusal("\(error)")
        return 2
    }
    let server = RankServer(group)
    var watch: ProcessWatch?
    do {
        try group.joinHosts()
        watch = try group.watch(tell: end)
        gate.open()
        if group.rank == 0 { RankServer.tellMeeting() }
        if let asked = settings.version, asked != sourceVersion {
            // A report of one program would be about another.
            throw UsageError(
                "tokenmark-rank is \(sourceVersion), and tokenmark \(asked): build both from the same "
                    + "sources, on every host")
        }
        if settings.isProbe {
            try probe(settings, group, server)
        } else {
            try serve(settings, group, server)
        }
    } catch {
        server.refuse("\(error)")
    }
    // Before anybody leaves, which would look like a death.
    withExtendedLifetime(watch) {}
    watch = nil
    group.finish()
    return 0
}

private func serve(_ settings: CoreSettings, _ group: MPIGroup, _ server: RankServer) throws {
    let start = Clock.now()
    let loaded = try settings.load(group.place)
    var facts = try RunFacts(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
    let hosts = group.hostSums(settings)
    if let hosts {
        facts.execution.hosts = RunFacts.Hosts(
            count: group.hostCount, name: HostAddress.name,
            reduce: settings.machine.reduce ?? .f32,
            sums: group.speaks ? hosts.measure() : nil)
    }
    let meeting = try group.meeting(settings, loaded.model.execution.pool, hosts)
    server.serve(
        QwenEngine(
            loaded, facts, measuresRoof: settings.measuresRoof,
            leastPositions: settings.leastPositions, meeting: meeting),
        facts: try facts.json(), joining: RunFacts.joined, tasks: AnswerTasks(loaded, meeting))
}

/// Measures what sums take, and says it.
private func probe(_ settings: CoreSettings, _ group: MPIGroup, _ server: RankServer) throws {
    let execution = try settings.machine.execution(rank: group.place)
    let hosts = group.hostSums(settings)
    if group.speaks { _ = hosts?.measure() }
    let sums = try group.meeting(settings, execution.pool, hosts).measure(on: execution.pool)
    server.report(try RankProbe(ranks: group.count, hosts: group.hostCount, sums: sums).json())
}

/// Says what was lost, and ends all: the launcher ends the others when one has failed.
private func end(_ loss: MPIGroup.Loss) {
    RankServer.tellLoss(loss.description)
    if loss.mayBeCutOff {
        // Where nobody hears that, nobody ends what the launcher has started here.
        sleep(2)
        endLauncher()
    }
    _exit(1)
}

/// Ends what has started this process: the launcher, or what it has started on this host.
private func endLauncher() { kill(getppid(), SIGKILL) }

/// Ends this process where the ranks do not meet: MPI would try for ever, unseen where this host is cut off.
private final class MeetingGate: Sendable {
    private let isOpen = Atomic(false)

    /// Until then: more than who started the ranks waits for them.
    private static let seconds: UInt32 = 60

    init() {
        Thread.detachNewThread { [self] in
            sleep(Self.seconds)
            guard !isOpen.load(ordering: .acquiring) else { return }
            endLauncher()
            _exit(1)
        }
    }

    func open() { isOpen.store(true, ordering: .releasing) }
}
