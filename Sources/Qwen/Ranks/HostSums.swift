internal import Basics

/// Adds up numbers of several hosts, in the order of hosts: all have the same bits afterwards.
///
/// There are two ways. Few numbers are gathered: each host gets those of all and adds them up. Of many,
/// each host gets the same part from all, adds it up and gives the sums to the others: less travels,
/// twice as often. Which way is faster from which size on is measured at the start.
package final class HostSums {
    /// What one sum of some size takes.
    package struct Timing: Codable, Equatable, Sendable {
        /// Of the numbers of a host, as f32.
        package let byteCount: Int
        /// Seconds of each way, of the host that took longest.
        package let gathering: Double
        package let dealing: Double

        /// Of the way that is taken.
        package var seconds: Double { min(gathering, dealing) }
    }

    private let exchange: HostExchange
    private let precision: ReducePrecision
    /// Bytes as f32 up to which numbers are gathered.
    var mostGathered = Int.max
    private var room: [Room] = []
    private var capacity = 0
    /// (hosts, wanted) what each would choose.
    private var choices: [Choice] = []

    private static let lanes = ReducePrecision.Lanes.scalarCount

    /// Memory of its own.
    private final class Room {
        let base: UnsafeMutableRawPointer

        init(byteCount: Int) {
            base = .allocate(byteCount: max(byteCount, 1), alignment: 4096)
            // The pages are there before anything is timed.
            base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        }

        deinit { base.deallocate() }
    }

    /// - Parameter precision: in which numbers travel.
    package init(_ exchange: HostExchange, _ precision: ReducePrecision) {
        self.exchange = exchange
        self.precision = precision
    }

    /// Makes room for sums of so many numbers, and for choices of so many tokens, at most.
    func open(count: Int, wanted: Int) {
        choices = Array(repeating: Choice(token: -1, logit: 0), count: exchange.hosts * wanted)
        guard count > capacity else { return }
        capacity = count
        let gathered = min(count, mostGathered / MemoryLayout<Float>.stride)
        let dealt = exchange.hosts * part(of: count)
        room = [dealt, dealt, max(dealt, exchange.hosts * gathered)].map {
            Room(byteCount: $0 * MemoryLayout<Float>.stride)
        }
    }

    /// Numbers that each host adds up of so many: whole lanes.
    private func part(of count: Int) -> Int {
        let parts = exchange.hosts * Self.lanes
        return (count + parts - 1) / parts * Self.lanes
    }

    /// Adds to these numbers those of all other hosts.
    ///
    /// - Parameter count: whole lanes, and no more than there is room for.
    func add(_ numbers: UnsafeMutablePointer<Float>, count: Int) {
        add(numbers, count: count, in: precision)
    }

    /// The same, in which numbers travel as they are.
    func addExactly(_ numbers: UnsafeMutablePointer<Float>, count: Int) {
        add(numbers, count: count, in: .f32)
    }

    private func add(
        _ numbers: UnsafeMutablePointer<Float>, count: Int, in precision: ReducePrecision
    ) {
        precondition(count <= capacity && count % Self.lanes == 0)
        if count * MemoryLayout<Float>.stride <= mostGathered {
            gather(numbers, count, precision)
        } else {
            deal(numbers, count, precision)
        }
    }

    private func gather(
        _ numbers: UnsafeMutablePointer<Float>, _ count: Int, _ precision: ReducePrecision
    ) {
        let gathered = room[2].base
        let bytes = count * precision.byteCount
        write(numbers, count, precision, to: gathered + exchange.host * bytes)
        exchange.gather(gathered, bytes)
        for index in stride(from: 0, to: count, by: Self.lanes) {
            let sum = sum(gathered + index * precision.byteCount, stride: bytes, precision)
            UnsafeMutableRawPointer(numbers + index).storeBytes(
                of: sum, as: ReducePrecision.Lanes.self)
        }
    }

    private func deal(
        _ numbers: UnsafeMutablePointer<Float>, _ count: Int, _ precision: ReducePrecision
    ) {
        let (parts, received, sums) = (room[0].base, room[1].base, room[2].base)
        let part = part(of: count)
        let bytes = part * precision.byteCount
        write(numbers, count, precision, to: parts)
        exchange.deal(parts, received, bytes)
        for index in stride(from: 0, to: part, by: Self.lanes) {
            let place = index * precision.byteCount
            precision.write(
                sum(received + place, stride: bytes, precision),
                to: sums + exchange.host * bytes + place)
        }
        exchange.gather(sums, bytes)
        for index in stride(from: 0, to: count, by: Self.lanes) {
            UnsafeMutableRawPointer(numbers + index).storeBytes(
                of: precision.read(from: sums + index * precision.byteCount),
                as: ReducePrecision.Lanes.self)
        }
    }

    @inline(__always)
    private func sum(
        _ place: UnsafeRawPointer, stride: Int, _ precision: ReducePrecision
    ) -> ReducePrecision.Lanes {
        var sum = precision.read(from: place)
        for host in 1..<exchange.hosts { sum += precision.read(from: place + host * stride) }
        return sum
    }

    private func write(
        _ numbers: UnsafePointer<Float>, _ count: Int, _ precision: ReducePrecision,
        to place: UnsafeMutableRawPointer
    ) {
        for index in stride(from: 0, to: count, by: Self.lanes) {
            precision.write(
                UnsafeRawPointer(numbers + index).loadUnaligned(as: ReducePrecision.Lanes.self),
                to: place + index * precision.byteCount)
        }
    }

    /// Makes each of some choices the best that any host has.
    ///
    /// - Parameter count: no more than there is room for.
    func choose(_ own: UnsafeMutablePointer<Choice>, count: Int) {
        choices.withUnsafeMutableBufferPointer { all in
            guard let base = all.baseAddress else { return }
            (base + exchange.host * count).update(from: own, count: count)
            exchange.gather(base, count * MemoryLayout<Choice>.stride)
            for place in 0..<exchange.hosts * count { own[place % count].yield(to: all[place]) }
        }
    }

    /// What every host has to say, in their order.
    func all<Value: BitwiseCopyable>(_ own: Value) -> [Value] { exchange.all(own) }

    /// Waits until all hosts are here.
    func meet() { _ = exchange.all(UInt8(0)) }
}

extension HostSums {
    /// Bytes that are timed, as f32.
    private static let sizes = (0..<6).map { 4096 << (2 * $0) }
    private static let rounds = 5

    /// Times both ways, together with all hosts, and takes the faster one from now on: all hosts the same.
    ///
    /// - Parameter now: nanoseconds of a clock.
    package func measure(now: () -> UInt64 = Clock.now) -> [Timing] {
        let most = (Self.sizes.last ?? 0) / MemoryLayout<Float>.stride
        open(count: most, wanted: 0)
        let numbers = UnsafeMutablePointer<Float>.allocate(capacity: most)
        numbers.initialize(repeating: 1, count: most)
        defer { numbers.deallocate() }
        /// Of the fastest round, of the host that is slowest in it.
        func seconds(
            _ way: (UnsafeMutablePointer<Float>, Int, ReducePrecision) -> Void, _ count: Int
        ) -> Double {
            var best = UInt64.max
            for _ in 0..<Self.rounds {
                // All begin at the same time, as far as one can.
                meet()
                let start = now()
                way(numbers, count, precision)
                best = min(best, now() - start)
            }
            return Double(exchange.all(best).max() ?? best) / 1e9
        }
        let timings = Self.sizes.map { bytes in
            let count = bytes / MemoryLayout<Float>.stride
            return Timing(
                byteCount: bytes, gathering: seconds(gather, count), dealing: seconds(deal, count))
        }
        mostGathered = Self.mostGathered(timings)
        // Room for what is not gathered any more goes back.
        capacity = 0
        room = []
        return timings
    }

    /// Up to which size gathering is faster; the middle between the last one and the next, where dealing
    /// is.
    static func mostGathered(_ timings: [Timing]) -> Int {
        guard let first = timings.firstIndex(where: { $0.dealing < $0.gathering }) else {
            return .max
        }
        return first > 0 ? timings[first - 1].byteCount * 2 : 0
    }
}
