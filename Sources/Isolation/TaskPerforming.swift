/// What an engine in another process does beside the points of a sweep.
package protocol TaskPerforming: AnyObject {
    /// Carries a task out; of several ranks all do, and rank 0 alone speaks.
    ///
    /// - Parameters:
    ///   - task: As who asks and who carries it out have agreed on it.
    ///   - tell: Hands a part of the result over, as it comes.
    ///   - isStopped: Whether the parent wants no more of it.
    /// - Returns: The result, in the same manner.
    func perform(
        _ task: String, tell: (String) throws -> Void, isStopped: () -> Bool
    ) throws -> String
}
