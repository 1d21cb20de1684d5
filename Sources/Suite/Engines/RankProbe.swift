internal import Foundation
internal import Isolation
package import Qwen

/// What ranks without a model find out of each other.
package struct RankProbe: Codable, Sendable {
    package let ranks: Int
    /// Where they are; 1 where all are on one.
    package let hosts: Int
    package let sums: [RankMeeting.Timing]

    package init(ranks: Int, hosts: Int, sums: [RankMeeting.Timing]) {
        self.ranks = ranks
        self.hosts = hosts
        self.sums = sums
    }

    /// Starts ranks that measure and end.
    ///
    /// - Parameter settings: with ranks, and no model.
    /// - Throws: ``UsageError``, `WorkerFailure`, `WorkerEngine.Refusal`.
    package init(_ settings: CoreSettings) throws {
        let command = try RankLauncher(settings.launcher, hosts: settings.machine.hosts).command(
            settings, ranks: settings.machine.rankCount, pointTimeout: Self.seconds)
        self = try JSONDecoder().decode(
            RankProbe.self, from: Data(WorkerEngine.result(of: command).utf8))
    }

    /// That it may take.
    private static let seconds = 60.0

    /// As ranks say it.
    package func json() throws -> String {
        String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }
}

extension CoreSettings {
    /// Whether there is nothing to run: ranks measure each other then.
    package var isProbe: Bool { model == nil && weights == nil }
}
