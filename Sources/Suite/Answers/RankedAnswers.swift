internal import Foundation
internal import Isolation
package import Qwen
internal import Sweep

/// A model on ranks that answers: each rank does what one process would do, with the logits of all.
final class RankedAnswers: AnsweringModel {
    private let engine: WorkerEngine

    /// Starts the ranks, and waits until they have loaded the model.
    ///
    /// - Throws: as `CoreSettings.command` and `WorkerEngine` do.
    init(_ settings: CoreSettings) throws {
        engine = try WorkerEngine { _ in try settings.command() }
    }

    var identity: EngineIdentity { engine.identity }

    var notes: [String] { engine.warnings }

    func facts() throws -> RunFacts { try RunFacts(json: engine.facts[engine.firstSetting]) }

    func open(batch: Int, capacity: Int) throws {
        _ = try perform(.open(batch: batch, capacity: capacity))
    }

    func generate(
        _ request: Generation.Request, isCancelled: () -> Bool,
        take: (_ sequence: Int, _ token: Int) throws -> Void
    ) throws -> Generation {
        let result = try perform(.generate(request), isCancelled: isCancelled) {
            let numbers = $0.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2 else { throw Self.confusion($0) }
            try take(numbers[0], numbers[1])
        }
        return try Self.decode(result)
    }

    func score(_ windows: [[Int32]], beside earlier: Perplexity) throws -> Perplexity {
        try Self.decode(perform(.score(windows, beside: earlier)))
    }

    private func perform(
        _ task: AnswerTask, isCancelled: () -> Bool = { false },
        take: (String) throws -> Void = { throw confusion($0) }
    ) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(task), as: UTF8.self)
        return try engine.perform(text, isStopped: isCancelled, take: take)
    }

    private static func decode<Result: Decodable>(_ text: String) throws -> Result {
        do {
            return try JSONDecoder().decode(Result.self, from: Data(text.utf8))
        } catch {
            throw confusion(text)
        }
    }

    private static func confusion(_ text: String) -> WorkerFailure {
        WorkerFailure(
            status: .crash, reason: "a rank answered what is no answer: \(text.prefix(200))")
    }
}

/// What ranks are asked to do beside the points of a sweep.
enum AnswerTask: Codable {
    case open(batch: Int, capacity: Int)
    case generate(Generation.Request)
    case score([[Int32]], beside: Perplexity)
}

/// The side of a rank.
package final class AnswerTasks: TaskPerforming {
    private let answers: LoadedAnswers
    private let meeting: RankMeeting

    /// - Parameter meeting: of all ranks, which carry out the same tasks.
    package init(_ loaded: LoadedModel, _ meeting: RankMeeting) {
        answers = LoadedAnswers(loaded, meeting: meeting)
        self.meeting = meeting
    }

    package func perform(
        _ task: String, tell: (String) throws -> Void, isStopped: () -> Bool
    ) throws -> String {
        switch try JSONDecoder().decode(AnswerTask.self, from: Data(task.utf8)) {
        case .open(let batch, let capacity):
            try answers.open(batch: batch, capacity: capacity)
            return ""
        case .generate(let request):
            return try Self.text(
                answers.generate(
                    request,
                    // Rank 0 alone hears the parent, and all must stop after the same step.
                    isCancelled: { meeting.agree(isStopped()) },
                    take: { try tell("\($0) \($1)") }))
        case .score(let windows, let earlier):
            return try Self.text(answers.score(windows, beside: earlier))
        }
    }

    private static func text(_ result: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
    }
}
