import Basics
import Glibc
import Isolation
import Machine
import Qwen
import Suite

/// Meets the other ranks, loads this one's part of the model, and serves until the parent has no more
/// requests.
///
/// - Returns: the exit status.
func runRank(_ settings: CoreSettings) -> Int32 {
    let group: MPIGroup
    do {
        group = try MPIGroup(asked: settings.machine.rankCount)
    } catch {
        RankServer.tellRefusal("\(error)")
        return 2
    }
    let server = RankServer(group)
    var window: MPIGroup.Window?
    var watch: ProcessWatch?
    do {
        try group.joinHosts()
        watch = try group.watch(tell: end)
        if let asked = settings.version, asked != sourceVersion {
            // A report of one program would be about another.
            throw UsageError(
                "tokenmark-rank is \(sourceVersion), and tokenmark \(asked): build both from the same "
                    + "sources, on every host")
        }
        let rank = MachineSettings.Rank(
            index: group.rank, count: group.count, place: group.place, countHere: group.countHere)
        let start = Clock.now()
        let loaded = try settings.load(rank)
        var facts = try RunFacts(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
        let reduce = settings.machine.reduce ?? .f32
        let hosts = group.exchange.map { HostSums($0, reduce) }
        if let hosts {
            facts.execution.hosts = RunFacts.Hosts(
                count: group.hostCount, name: HostAddress.name, reduce: reduce,
                sums: group.place == 0 ? hosts.measure() : nil)
        }
        let meeting = RankMeeting(
            rank: group.place, of: group.countHere,
            workers: loaded.model.execution.pool.workerCount,
            isCrowded: try settings.machine.isCrowded(rank), hosts: hosts
        ) { byteCount in
            window?.close()
            window = nil
            let made = try group.window(byteCount: byteCount)
            window = made
            return made.slices
        }
        server.serve(
            QwenEngine(
                loaded, facts, measuresRoof: settings.measuresRoof,
                leastPositions: settings.leastPositions, meeting: meeting),
            facts: try facts.json(), joining: RunFacts.joined,
            tasks: AnswerTasks(loaded, meeting))
    } catch {
        server.refuse("\(error)")
    }
    // Before anybody leaves, which would look like a death; closing a window waits for all.
    withExtendedLifetime(watch) {}
    watch = nil
    window?.close()
    group.finish()
    return 0
}

/// Says what was lost, and ends all: the launcher ends the others when one has failed.
private func end(_ loss: MPIGroup.Loss) {
    RankServer.tellLoss(loss.description)
    if loss.mayBeCutOff {
        // Where nobody hears that, nobody ends what the launcher has started here.
        sleep(2)
        kill(getppid(), SIGKILL)
    }
    _exit(1)
}
