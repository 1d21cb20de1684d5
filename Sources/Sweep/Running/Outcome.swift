/// How a sweep ended.
package struct Outcome: Equatable, Sendable {
    package enum Ending: String, Codable, Sendable {
        /// Every point has its row, whatever its status.
        case completed
        /// Cancelled between two repetitions.
        case interrupted
        /// The results could not be written.
        case failed
    }

    package internal(set) var ending = Ending.completed
    /// The status of every point that has a row, in the order they ran.
    package internal(set) var statuses: [Status] = []
    /// What the user should know, one line each.
    package internal(set) var warnings: [String] = []

    package init() {}

    /// How many points came out so.
    package func count(of status: Status) -> Int {
        statuses.count { $0 == status }
    }
}
