/// What a server asks: called on its loop, which waits meanwhile.
package protocol RequestHandler: AnyObject {
    /// A request came; its answer may be given now, or later on the loop.
    func begin(_ request: Request, _ response: Response)

    /// What is answered where the wire refuses by itself. The status is the refusal's.
    func answer(to refusal: Refusal) -> Answer
}
