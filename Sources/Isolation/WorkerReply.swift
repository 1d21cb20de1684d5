import Measurement
import Sweep

/// What a worker process answers.
enum WorkerReply: Codable {
    /// The first line: the model is loaded. `facts` is a JSON object for the manifest.
    case ready(identity: EngineIdentity, fingerprint: Fingerprint, facts: String)
    /// Before it, of several processes: they have met, and see each other live.
    case met
    /// In place of it: the command line or a file is no good; one line for the user.
    case refused(message: String)
    case description(memory: MemoryEstimate?, costs: PhaseCosts?)
    case prepared
    case ran(WorkerRun)
    case roof(Roof?)
    case memory(MemoryUse?)
    /// A part of what is being performed, on its way, and the end of it.
    case told(String)
    case performed(String)
    /// The request could not be carried out; the worker goes on.
    case failed(status: Status, reason: String)
    /// One of several processes is gone, and none of them can go on.
    case lost(reason: String)
}

/// One call as the worker saw it: the clock is that of the machine, the same in all processes.
struct WorkerRun: Codable {
    let observation: ObservationRecord
    let outputHash: UInt64?
    let conditions: [RunConditions]

    init(_ observation: Observation, _ conditions: [RunConditions]) {
        self.observation = ObservationRecord(observation)
        outputHash = observation.outputHash
        self.conditions = conditions
    }

    func observation(of shape: Shape) throws(ObservationRecord.Failure) -> Observation {
        try observation.observation(of: shape, outputHash: outputHash)
    }
}
