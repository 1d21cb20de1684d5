import Testing

@testable import Qwen

/// Sums over hosts that are threads of this process.
@Suite struct HostSumsTests {
    /// Numbers of which no sum in another order has the same bits.
    private static func numbers(of host: Int, count: Int) -> [Float] {
        (0..<count).map { Float((host * 7919 + $0 * 31) % 1009) / 7 - 70 }
    }

    private static func sums(
        hosts: Int, count: Int, _ precision: ReducePrecision, mostGathered: Int
    ) -> [[Float]] {
        HostHall.each(hosts) { exchange in
            let sums = HostSums(exchange, precision)
            sums.mostGathered = mostGathered
            sums.open(count: count, wanted: 0)
            var numbers = numbers(of: exchange.host, count: count)
            numbers.withUnsafeMutableBufferPointer {
                if let base = $0.baseAddress { sums.add(base, count: count) }
            }
            return numbers
        }
    }

    /// Of 48 numbers four hosts add up 16 each, and the last one none.
    @Test(arguments: [2, 3, 4], [16, 48, 16 * 37])
    func bothWaysAddInTheOrderOfHosts(hosts: Int, count: Int) {
        var expected = Self.numbers(of: 0, count: count)
        for host in 1..<hosts {
            for (index, number) in Self.numbers(of: host, count: count).enumerated() {
                expected[index] += number
            }
        }
        for mostGathered in [0, Int.max] {
            let found = Self.sums(hosts: hosts, count: count, .f32, mostGathered: mostGathered)
            #expect(found == Array(repeating: expected, count: hosts))
        }
    }

    /// Each number is rounded once on its way, and a sum that is dealt once more.
    ///
    /// By at most one part in 256 of what is largest; all hosts have the same bits.
    @Test(arguments: [0, Int.max])
    func halfTheBytesAreNear(mostGathered: Int) {
        let exact = Self.sums(hosts: 3, count: 160, .f32, mostGathered: .max)[0]
        let found = Self.sums(hosts: 3, count: 160, .bf16, mostGathered: mostGathered)
        #expect(found[1] == found[0] && found[2] == found[0])
        #expect(found[0] != exact)
        for (one, other) in zip(exact, found[0]) { #expect(abs(one - other) <= 4 * 75 / 256) }
    }

    @Test func roundsToNearestEvenAndKeepsWhatIsNoNumber() {
        var numbers = SIMD16<Float>(repeating: 0)
        let given: [UInt32] = [
            0x3f80_0000, 0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0xbf80_7fff, 0x7f7f_ffff,
            0x7f80_0000, 0x7f80_0001, 0xffff_ffff, 0x8000_0000,
        ]
        for (index, bits) in given.enumerated() { numbers[index] = Float(bitPattern: bits) }
        var place = [UInt16](repeating: 0, count: 16)
        place.withUnsafeMutableBytes {
            if let base = $0.baseAddress { ReducePrecision.bf16.write(numbers, to: base) }
        }
        #expect(
            place.prefix(given.count) == [
                0x3f80, 0x3f80, 0x3f82, 0x3f81, 0xbf80, 0x7f80, 0x7f80, 0x7fc0, 0x7fc0, 0x8000,
            ])
        let back = place.withUnsafeBytes { bytes in
            bytes.baseAddress.map { ReducePrecision.bf16.read(from: $0) }
        }
        #expect(back?[2].bitPattern == 0x3f82_0000)
    }

    @Test func theBestChoiceOfAllHosts() {
        let found = HostHall.each(3) { exchange in
            let sums = HostSums(exchange, .f32)
            sums.open(count: 16, wanted: 3)
            // (5 at 40, 5 at 20, none), (none, −1 at 3, −2 at 41), and none at all.
            let all: [[Choice]] = [
                [Choice(token: 40, logit: 5), Choice(token: -1, logit: 0)],
                [Choice(token: 20, logit: 5), Choice(token: 3, logit: -1)],
                [Choice(token: -1, logit: 9), Choice(token: 41, logit: -2)],
            ]
            var own = all[exchange.host] + [Choice(token: -1, logit: 0)]
            own.withUnsafeMutableBufferPointer {
                if let base = $0.baseAddress { sums.choose(base, count: 3) }
            }
            return own.map(\.token)
        }
        #expect(found == Array(repeating: [20, 3, -1], count: 3))
    }

    private static func timing(
        _ bytes: Int, _ gathering: Double, _ dealing: Double
    ) -> HostSums.Timing {
        HostSums.Timing(byteCount: bytes, gathering: gathering, dealing: dealing)
    }

    @Test func theFasterWayIsTaken() {
        let faster = Self.timing(4096, 1, 2)
        let slower = Self.timing(16384, 3, 2)
        #expect(HostSums.mostGathered([faster, slower]) == 8192)
        #expect(HostSums.mostGathered([faster, faster]) == .max)
        #expect(HostSums.mostGathered([slower, slower]) == 0)
    }

    /// One host's clock stands still, by the other's all takes longer and longer: they decide alike.
    @Test func allHostsMeasureTheSame() {
        let found = HostHall.each(2) { exchange in
            let sums = HostSums(exchange, .f32)
            var time: UInt64 = 0
            var looks: UInt64 = 0
            let timings = sums.measure {
                looks += 1
                time += exchange.host == 0 ? 0 : looks
                return time
            }
            return (timings, sums.mostGathered)
        }
        #expect(found[0].0 == found[1].0 && found[0].1 == found[1].1)
        #expect(found[0].0.map(\.byteCount) == [4096, 16384, 65536, 262_144, 1_048_576, 4_194_304])
    }
}
