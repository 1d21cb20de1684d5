internal import Basics
package import Qwen
package import Sweep

/// A model in this process that answers; or one of several ranks, all of which do the same.
package final class LoadedAnswers: AnsweringModel {
    private let loaded: LoadedModel
    private let loadSeconds: Double
    private let meeting: RankMeeting?
    private var session: Session?

    /// - Parameter meeting: where the ranks of the model meet, if this is one of several.
    package init(_ loaded: LoadedModel, loadSeconds: Double = 0, meeting: RankMeeting? = nil) {
        self.loaded = loaded
        self.loadSeconds = loadSeconds
        self.meeting = meeting
    }

    /// - Throws: as `CoreSettings.load(_:)`.
    convenience init(loading settings: CoreSettings, _ source: ModelSource) throws {
        let start = Clock.now()
        let loaded = try settings.load(source)
        self.init(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
    }

    package var identity: EngineIdentity { EngineIdentity(loaded) }

    package var notes: [String] { loaded.note.map { [$0] } ?? [] }

    package func facts() throws -> RunFacts { try RunFacts(loaded, loadSeconds: loadSeconds) }

    package func open(batch: Int, capacity: Int) throws {
        // The memory of the one before must be free first.
        session = nil
        session = try Session(
            model: loaded.model, batch: batch, capacity: capacity,
            availableBytes: loaded.availableBytes, meeting: meeting,
            gathersLogits: meeting != nil)
    }

    package func generate(
        _ request: Generation.Request, isCancelled: () -> Bool,
        take: (_ sequence: Int, _ token: Int) throws -> Void
    ) throws -> Generation {
        try Generation(opened, request, isCancelled: isCancelled, take: take)
    }

    package func score(
        _ windows: [[Int32]], beside earlier: Perplexity
    ) throws -> Perplexity {
        var perplexity = earlier
        try perplexity.score(windows, with: opened)
        return perplexity
    }

    private var opened: Session {
        guard let session else { preconditionFailure("asked before it was opened") }
        return session
    }
}
