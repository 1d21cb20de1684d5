import Machine

/// A client's thread.
func onThread(_ body: @escaping @Sendable () -> Void) throws -> OwnThread {
    try OwnThread(name: "client", leavesPin: false, body)
}
