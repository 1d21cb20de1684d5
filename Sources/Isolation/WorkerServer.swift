import Glibc
import Measurement
package import Sweep

/// The worker's side: carries out requests on an engine, one after the other.
///
/// Nothing is read or written during a call.
package final class WorkerServer {
    private let channel: LineChannel

    /// Speaks over standard input and output, which must carry nothing else.
    package init() {
        // What asks a whole group to stop goes to the parent too, which ends the worker in order.
        for number in StopSignals.all { signal(number, SIG_IGN) }
        channel = LineChannel(input: STDIN_FILENO, output: STDOUT_FILENO)
    }

    /// Says that there will be no engine: `message` is one line for the user.
    package func refuse(_ message: String) {
        try? channel.send(WorkerReply.refused(message: message))
    }

    /// Serves until the parent closes the pipe.
    ///
    /// - Parameter facts: a JSON object for the manifest.
    /// - Throws: `WorkerFailure` where it cannot be spoken to, and may still live.
    package func serve(_ engine: any Engine, facts: String) throws(WorkerFailure) {
        do {
            try channel.send(
                WorkerReply.ready(
                    identity: engine.identity, fingerprint: engine.fingerprint, facts: facts))
            while true {
                let request = try channel.receive(WorkerRequest.self)
                try channel.send(Self.reply(to: request, engine))
            }
        } catch .broken(let code) {
            throw WorkerFailure(
                status: .failed,
                reason: "the pipe to the parent process: \(String(cString: strerror(code)))")
        } catch {
            // The parent is gone, and with it everybody who could be told.
        }
    }

    /// What an engine answers.
    static func reply(to request: WorkerRequest, _ engine: any Engine) -> WorkerReply {
        do {
            switch request {
            case .describe(let batch, let input, let output):
                let point = Point(batch: batch, inputLength: input, outputLength: output)
                return .description(
                    memory: (engine as? any MemoryCounting)?.memoryEstimate(for: point),
                    costs: (engine as? any CostCounting)?.costs(of: point))
            case .prepare(let batch, let input, let output, let positions):
                try engine.prepare(
                    Point(batch: batch, inputLength: input, outputLength: output),
                    positions: positions)
                return .prepared
            case .run(let batch, let input, let output, let seed, let requests, let stampsSteps):
                let shape = Shape(batch: batch, inputLength: input, outputLength: output)
                let observation = try engine.run(
                    Workload(
                        shape: shape, seed: seed, requests: requests, stampsSteps: stampsSteps))
                return .ran(
                    WorkerRun(
                        observation, (engine as? any ConditionReporting)?.conditions() ?? []))
            case .memory:
                return .memory((engine as? any MemoryCounting)?.memoryUse())
            case .roof:
                return .roof((engine as? any RoofMeasuring)?.measureRoof())
            case .perform, .stop:
                return .failed(status: .failed, reason: "this worker measures points alone")
            }
        } catch {
            return .failed(status: Status(of: error), reason: String(describing: error))
        }
    }
}
