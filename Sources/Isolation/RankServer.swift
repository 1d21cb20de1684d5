import FoundationEssentials
import Glibc
import Measurement
package import Sweep

/// The side of the ranks: all carry out each request on engines of their own, and rank 0, which alone
/// is spoken to, answers for all.
package final class RankServer {
    private let group: any RankGroup
    private let channel: LineChannel
    /// Whether rank 0 has a parent that listens, and ranks that can all go on.
    private var isSpokenTo = true

    /// Speaks over standard input and output, which must carry nothing else.
    package convenience init(_ group: any RankGroup) {
        // A parent that has gone is an end, not a death.
        signal(SIGPIPE, SIG_IGN)
        self.init(group, LineChannel(input: STDIN_FILENO, output: STDOUT_FILENO))
    }

    init(_ group: any RankGroup, _ channel: LineChannel) {
        self.group = group
        self.channel = channel
    }

    /// Says that this rank has no engine, together with what the others say, and ends.
    ///
    /// - Parameter message: One line for the user.
    package func refuse(_ message: String) {
        answer(.refused(message: message)) { $0[0] }
        _ = next()
    }

    /// Gives the parent the one result that it waits for, that of rank 0, and ends.
    package func report(_ result: String) {
        answer(.performed(result)) { $0[0] }
        _ = next()
    }

    /// Serves until the parent closes the pipe, or another rank has refused.
    ///
    /// - Parameters:
    ///   - facts: A JSON object for the manifest, of this rank.
    ///   - joining: Makes those of all ranks one.
    ///   - tasks: What is done beside points.
    package func serve(
        _ engine: any Engine, facts: String, joining: ([String]) -> String,
        tasks: (any TaskPerforming)? = nil
    ) {
        answer(
            .ready(identity: engine.identity, fingerprint: engine.fingerprint, facts: facts),
            joining)
        while let request = next() {
            if case .perform(let task) = request, let tasks {
                answer(reply(to: task, tasks)) { $0[0] }
            } else {
                answer(WorkerServer.reply(to: request, engine)) { $0[0] }
            }
        }
    }

    private func reply(to task: String, _ tasks: any TaskPerforming) -> WorkerReply {
        let speaks = group.rank == 0
        do {
            return .performed(
                try tasks.perform(
                    task,
                    tell: { if speaks { try channel.send(WorkerReply.told($0)) } },
                    // Whatever is said in the meantime can only be that.
                    isStopped: { speaks && channel.hasMore }))
        } catch {
            return .failed(status: Status(of: error), reason: String(describing: error))
        }
    }

    /// The next request of the parent; nil when there is none.
    private func next() -> WorkerRequest? {
        var line = Data()
        if group.rank == 0, isSpokenTo, let request = parentsRequest() {
            line = (try? JSONEncoder().encode(request)) ?? line
        }
        let message = group.broadcast(Array(line))
        return message.isEmpty
            ? nil : try? JSONDecoder().decode(WorkerRequest.self, from: Data(message))
    }

    private func parentsRequest() -> WorkerRequest? {
        while let request = try? channel.receive(WorkerRequest.self) {
            // It came when there was nothing left to stop.
            if request != .stop { return request }
        }
        return nil
    }

    /// Joins the answers of all ranks, and sends the parent the one that they make.
    private func answer(_ reply: WorkerReply, _ joining: ([String]) -> String) {
        let own = (try? JSONEncoder().encode(reply)) ?? Data()
        let all = group.gather(Array(own))
        guard group.rank == 0 else { return }
        let replies = all.compactMap { try? JSONDecoder().decode(WorkerReply.self, from: Data($0)) }
        let joined =
            replies.count == group.count
            ? WorkerReply(joining: replies, of: group.hosts, facts: joining)
            : .failed(status: .crash, reason: "a rank answered what is no answer")
        if case .refused = joined { isSpokenTo = false }
        do {
            try channel.send(joined)
        } catch {
            // The parent is gone: the others learn it with the next request.
            isSpokenTo = false
        }
    }

    /// Says that the ranks have met: what becomes of one is told from now on.
    package static func tellMeeting() {
        tell(.met)
    }

    /// Says that there will be no engine, where the ranks have not even met.
    package static func tellRefusal(_ message: String) {
        tell(.refused(message: message))
    }

    /// The last words of a set of ranks that cannot go on, from whichever rank has seen it; the launcher
    /// passes them on.
    package static func tellLoss(_ reason: String) {
        tell(.lost(reason: reason))
    }

    private static func tell(_ reply: WorkerReply) {
        try? LineChannel(input: -1, output: STDOUT_FILENO).send(reply)
    }
}
