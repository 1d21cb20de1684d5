internal import ArgumentParser
internal import Sweep

/// What to try again, as a user writes it: crash,timeout.
struct RetryChoice: ExpressibleByArgument {
    let statuses: Set<Status>

    static let choices: [Status] = [.crash, .oom, .timeout, .failed, .skipped]

    static var defaultCompletionKind: CompletionKind { .list(choices.map(\.rawValue)) }

    /// nil for a word that is none of them.
    init?(argument: String) {
        var statuses: Set<Status> = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let status = Status(rawValue: String(word)), Self.choices.contains(status) else {
                return nil
            }
            statuses.insert(status)
        }
        self.statuses = statuses
    }
}
