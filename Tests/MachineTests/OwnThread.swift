import Glibc

/// Runs `body` on a fresh thread, so that a pool pins that one and not the test runner's.
///
/// Expectations belong outside: the runner does not know the thread.
func onOwnThread<Result>(_ body: @escaping () throws -> Result) throws -> Result {
    let call = Call(body)
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<AnyCall>.fromOpaque(argument).takeUnretainedValue().perform()
            return nil
        }, Unmanaged<AnyCall>.passUnretained(call).toOpaque())
    precondition(code == 0, "no thread for the test")
    pthread_join(thread, nil)
    return try call.result()
}

/// A call whose type `pthread_create` need not know.
private class AnyCall {
    func perform() {}
}

private final class Call<Result>: AnyCall {
    private let body: () throws -> Result
    private var outcome: Swift.Result<Result, any Error>?

    init(_ body: @escaping () throws -> Result) {
        self.body = body
    }

    override func perform() {
        outcome = Swift.Result { try body() }
    }

    func result() throws -> Result {
        guard let outcome else { preconditionFailure("the thread has not run") }
        return try outcome.get()
    }
}
