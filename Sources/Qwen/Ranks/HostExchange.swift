/// How bytes travel between the hosts that run one model.
///
/// One rank of each host calls, on one thread; all call the same in the same order with the same
/// sizes, and each call returns when this host has what it is to have.
package struct HostExchange {
    /// Which one this is.
    package let host: Int
    package let hosts: Int
    /// (hosts, byteCount) at a place, of which this host has written its own part: brings those of the
    /// others.
    let gather: (_ place: UnsafeMutableRawPointer, _ byteCount: Int) -> Void
    /// (hosts, byteCount) parts for each host, into (hosts, byteCount) parts from each.
    let deal:
        (_ parts: UnsafeRawPointer, _ received: UnsafeMutableRawPointer, _ byteCount: Int) -> Void

    package init(
        host: Int, of hosts: Int,
        gather: @escaping (UnsafeMutableRawPointer, Int) -> Void,
        deal: @escaping (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    ) {
        precondition(0..<hosts ~= host)
        self.host = host
        self.hosts = hosts
        self.gather = gather
        self.deal = deal
    }

    /// What each host has to say, in their order.
    func all<Value: BitwiseCopyable>(_ own: Value) -> [Value] {
        var values = Array(repeating: own, count: hosts)
        values.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { gather(base, MemoryLayout<Value>.stride) }
        }
        return values
    }
}
