import EngineDouble
import Qwen

@testable import Serving

/// A loop over a scripted core, driven by hand, and what it reported.
final class LoopTrace {
    let core: ScriptedCore
    private(set) var reports: [StepReport] = []
    private var loop: StepLoop<ScriptedCore>
    private var last: UInt64 = 0
    private let box: Box

    private final class Box {
        var reports: [StepReport] = []
    }

    init(_ core: ScriptedCore, _ change: (inout ServingSettings) -> Void = { _ in }) {
        self.core = core
        var settings = ServingSettings()
        change(&settings)
        let box = Box()
        self.box = box
        loop = StepLoop(core, settings) { box.reports.append($0) }
    }

    @discardableResult
    func submit(_ request: GenerationRequest) -> RequestID {
        last += 1
        let id = RequestID(number: last)
        loop.submit(id, request)
        return id
    }

    @discardableResult
    func submit(_ prompt: [Int32], limit: Int) -> RequestID {
        submit(GenerationRequest(prompt: prompt, limit: limit))
    }

    func cancel(_ id: RequestID, answer: Int? = nil) { loop.cancel(id, answer: answer) }
    func close() { loop.close() }
    func cancelAll() { loop.cancelAll() }

    @discardableResult
    func step() -> Bool {
        defer {
            reports += box.reports
            box.reports = []
        }
        return loop.step()
    }

    /// Steps until nothing is left to run.
    func finish() {
        while step() {}
    }

    var isIdle: Bool { loop.isIdle }
    var waitingCount: Int { loop.waitingCount }

    var events: [StepEvent] { reports.flatMap(\.events) }

    /// What happened to an answer, in order.
    func events(_ id: RequestID, _ answer: Int = 0) -> [StepEvent.What] {
        events.filter { $0.request == id && $0.answer == answer }.map(\.what)
    }

    func tokens(_ id: RequestID, _ answer: Int = 0) -> [Int32] {
        events(id, answer).compactMap { if case .token(let token, _) = $0 { token } else { nil } }
    }

    func ends(_ id: RequestID, _ answer: Int = 0) -> [FinishReason] {
        events(id, answer).compactMap { if case .ended(let reason) = $0 { reason } else { nil } }
    }

    /// When an answer had its tokens.
    func times(_ id: RequestID) -> [UInt64] {
        events.filter {
            guard case .token = $0.what else { return false }
            return $0.request == id
        }.map(\.time)
    }
}
