import Foundation

@testable import Qwen

/// Hosts that are threads of this process, and exchange numbers through its memory.
final class HostHall: @unchecked Sendable {
    // Sendable: places are written before all have come to the barrier, and read behind it.

    private let hosts: Int
    private let condition = NSCondition()
    private var arrived = 0
    private var rounds = 0
    private var places: [UnsafeRawPointer?]

    init(hosts: Int) {
        self.hosts = hosts
        places = Array(repeating: nil, count: hosts)
    }

    func exchange(of host: Int) -> HostExchange {
        HostExchange(
            host: host, of: hosts,
            gather: { [self] place, byteCount in
                meet(host, place)
                for other in 0..<hosts where other != host {
                    guard let theirs = places[other] else { continue }
                    (place + other * byteCount).copyMemory(
                        from: theirs + other * byteCount, byteCount: byteCount)
                }
                wait()
            },
            deal: { [self] parts, received, byteCount in
                meet(host, parts)
                for other in 0..<hosts {
                    guard let theirs = places[other] else { continue }
                    (received + other * byteCount).copyMemory(
                        from: theirs + host * byteCount, byteCount: byteCount)
                }
                wait()
            })
    }

    private func meet(_ host: Int, _ place: UnsafeRawPointer) {
        condition.withLock { places[host] = place }
        wait()
    }

    /// Until all hosts have come.
    private func wait() {
        condition.withLock {
            let round = rounds
            arrived += 1
            if arrived == hosts {
                arrived = 0
                rounds += 1
                condition.broadcast()
            }
            while round == rounds { condition.wait() }
        }
    }

    /// Runs a host on a thread of its own, as often as there are hosts, and returns what each has found.
    static func each<Result: Sendable>(
        _ hosts: Int, _ body: @escaping @Sendable (HostExchange) -> Result
    ) -> [Result] {
        let hall = HostHall(hosts: hosts)
        let results = Results<Result>(count: hosts)
        let group = DispatchGroup()
        for host in 0..<hosts {
            group.enter()
            Thread.detachNewThread {
                results.set(host, body(hall.exchange(of: host)))
                group.leave()
            }
        }
        group.wait()
        return results.all
    }

    private final class Results<Result: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private var values: [Result?]

        init(count: Int) { values = Array(repeating: nil, count: count) }

        func set(_ place: Int, _ value: Result) { lock.withLock { values[place] = value } }

        var all: [Result] { lock.withLock { values.compactMap(\.self) } }
    }
}
