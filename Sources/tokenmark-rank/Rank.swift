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
        group = try MPIGroup(asked: settings.machine.ranks ?? 1)
    } catch {
        RankServer.tellRefusal("\(error)")
        return 2
    }
    let server = RankServer(group)
    if let asked = settings.version, asked != sourceVersion {
        // A report of one program would be about another.
        server.refuse(
            "tokenmark-rank is \(sourceVersion), and tokenmark \(asked): build both from the same sources"
        )
        group.finish()
        return 2
    }
    var window: MPIGroup.Window?
    var watch: ProcessWatch?
    do {
        watch = try group.watch { loss in
            // Whoever sees it first ends all: the launcher ends the others when one has failed.
            RankServer.tellLoss(loss)
            _exit(1)
        }
        let rank = MachineSettings.Rank(index: group.rank, count: group.count)
        let start = Clock.now()
        let loaded = try settings.load(rank)
        let facts = try RunFacts(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
        let meeting = RankMeeting(
            rank: group.rank, of: group.count,
            workers: loaded.model.execution.pool.workerCount,
            isCrowded: try settings.machine.isCrowded(rank)
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
            facts: try facts.json(), joining: RunFacts.joined)
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
