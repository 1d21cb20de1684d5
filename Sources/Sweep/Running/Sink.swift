/// Where results go, each as soon as it is there.
///
/// An error of a sink ends the sweep: measuring what cannot be kept is a waste of time.
package protocol Sink: AnyObject {
    /// The sweep is about to start.
    func begin(_ plan: Plan) throws
    /// A repetition was measured; the next one starts when this returns.
    func record(_ repetition: Repetition) throws
    /// The control cell was run; nothing of it goes into a row.
    func record(_ control: ControlRun) throws
    /// A point is done, measured or not.
    func finish(_ result: PointResult) throws
    /// The sweep is over, in whatever way; called once, also after an error of the sink itself.
    func end(_ outcome: Outcome) throws
}
