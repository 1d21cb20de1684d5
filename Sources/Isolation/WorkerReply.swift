import Measurement
import Sweep

/// What a worker process answers.
enum WorkerReply: Codable {
    /// The first line: the model is loaded. `facts` is a JSON object for the manifest.
    case ready(identity: EngineIdentity, facts: String)
    /// In place of it: the command line or a file is no good; one line for the user.
    case refused(message: String)
    case description(memory: MemoryEstimate?, costs: PhaseCosts?)
    case prepared
    case ran(WorkerRun)
    case roof(Roof?)
    case memory(MemoryUse?)
    /// The request could not be carried out; the worker goes on.
    case failed(status: Status, reason: String)
}

/// One call as the worker stamped it: the clock is that of the machine, the same in all processes.
struct WorkerRun: Codable {
    let entry: UInt64
    let end: UInt64
    /// P0, P1, P2, P3 of every step, one after the other; empty if steps were not stamped.
    let stamps: [UInt64]
    let tokenCounts: [Int]
    let outputHash: UInt64
    let conditions: RunConditions?

    /// - Precondition: the trace is complete.
    init(_ trace: Trace, _ completion: Completion, _ conditions: RunConditions?) {
        entry = trace.callEntry ?? 0
        end = trace.callEnd ?? 0
        stamps = trace.steps.flatMap {
            [$0.loopTop, $0.inputsPrepared, $0.forwardDone, $0.tokenBooked]
        }
        tokenCounts = completion.tokenCounts
        outputHash = completion.outputHash
        self.conditions = conditions
    }

    var completion: Completion { Completion(tokenCounts: tokenCounts, outputHash: outputHash) }

    func trace(stampsSteps: Bool) -> Trace {
        let steps = stride(from: 0, to: stamps.count / 4 * 4, by: 4).map {
            StepStamps(
                loopTop: stamps[$0], inputsPrepared: stamps[$0 + 1], forwardDone: stamps[$0 + 2],
                tokenBooked: stamps[$0 + 3])
        }
        return Trace(callEntry: entry, callEnd: end, steps: steps, stampsSteps: stampsSteps)
    }
}
