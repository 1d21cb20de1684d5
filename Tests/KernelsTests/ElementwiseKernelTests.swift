import Basics
import Kernels
import Testing

@Suite struct ElementwiseKernelTests {
    /// Around the 8 and 16 lanes of a vector.
    static let counts = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 53, 100, 576]

    @Test(arguments: KernelCase.all)
    func normalizeDividesByTheRootMeanSquare(_ kernel: KernelCase) {
        for count in Self.counts {
            let x = randomValues(count, seed: 1, scale: 3)
            let weight = randomValues(count, seed: 2)
            let result = ElementBuffer(kernel.element, count: count)
            kernel.table.normalize(
                x, weight: weight, count: count, epsilon: 1e-6, into: result.base)
            let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
            let scale = 1 / (squares / Double(count) + 1e-6).squareRoot()
            for i in 0..<count {
                let expected = Float(Double(x[i]) * scale * Double(weight[i]))
                // A sum of `count` squares, a root, a division and two products.
                let relative = Float(count + 8) * 0x1p-24 + kernel.rounding * 1.01
                #expect(abs(result[i] - expected) <= abs(expected) * relative)
            }
            #expect(result.guardIsIntact)
        }
    }

    /// The words of all bytes, exclusively or'ed, in the least of what the kernel takes at a time and
    /// around what it may read side by side.
    @Test(arguments: KernelCase.all)
    func readingMissesNoWord(_ kernel: KernelCase) {
        for units in [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 100] {
            var random = SplitMix64(seed: UInt64(units))
            let words = (0..<units * 32).map { _ in random.next() }
            let sum = words.withUnsafeBytes {
                $0.baseAddress.map { kernel.table.read($0, byteCount: words.count * 8) }
            }
            #expect(sum == words.reduce(0, ^), "\(units)")
        }
    }

    @Test(arguments: KernelCase.all)
    func rotateTurnsPairsHalfAHeadApart(_ kernel: KernelCase) {
        for half in Self.counts {
            let x = randomValues(2 * half, seed: 3)
            let cosine = randomValues(half, seed: 4)
            let sine = randomValues(half, seed: 5)
            let rotated = ElementBuffer(.f32, count: 2 * half)
            rotated.floats.update(from: x, count: 2 * half)
            kernel.table.rotate(rotated.floats, cosine: cosine, sine: sine, half: half)
            for i in 0..<half {
                let first = x[i] * cosine[i] - x[i + half] * sine[i]
                let second = x[i + half] * cosine[i] + x[i] * sine[i]
                #expect(abs(rotated[i] - first) <= 0x1p-22)
                #expect(abs(rotated[i + half] - second) <= 0x1p-22)
            }
            #expect(rotated.guardIsIntact)
        }
    }

    /// Squares beyond f32 must not make a row of zeros.
    @Test(arguments: KernelCase.all)
    func normalizeOfWhatOverflowsIsNone(_ kernel: KernelCase) {
        for number in [Float(1e25), .infinity, .nan] {
            var x = randomValues(40, seed: 1)
            x[17] = number
            let result = ElementBuffer(kernel.element, count: 40)
            kernel.table.normalize(
                x, weight: [Float](repeating: 1, count: 40), count: 40, epsilon: 1e-6,
                into: result.base)
            #expect((0..<40).allSatisfy { result[$0].isNaN })
        }
    }

    @Test(arguments: KernelCase.all)
    func narrowRoundsToNearestEvenOnEveryInstructionSet(_ kernel: KernelCase) {
        // Ties of bf16 (0x…8000 below the kept bits) go to the even neighbour; sizes leave tails.
        let patterns: [UInt32] = [
            0x3f80_8000, 0x3f81_8000, 0x3f80_7fff, 0x3f80_8001, 0xbf81_8000, 0x7f80_0000,
            0xff80_0000, 0x0000_0000, 0x8000_0000, 0x7f7f_ffff, 0x4049_0fdb,
        ]
        let x = patterns.map(Float.init(bitPattern:)) + randomValues(40, seed: 8, scale: 100)
        for count in [1, 7, 8, 11, 16, 17, x.count] {
            let fast = ElementBuffer(kernel.element, count: count)
            let plain = ElementBuffer(kernel.element, count: count)
            kernel.table.narrow(x, scale: 0.5, count: count, into: fast.base)
            kernel.scalar.narrow(x, scale: 0.5, count: count, into: plain.base)
            #expect(fast.values.map(\.bitPattern) == plain.values.map(\.bitPattern))
            #expect(fast.guardIsIntact)
        }
    }

    @Test(arguments: KernelCase.all)
    func theLargestIsTheFirstAmongEqualsAndNeverNaN(_ kernel: KernelCase) {
        for count in Self.counts {
            for place in 0..<count {
                var x = randomValues(count, seed: 9)
                x[place] = 2
                x[count - 1] = 2
                x[0] = place == 0 ? 2 : .nan
                #expect(kernel.table.indexOfLargest(x, count: count) == place)
            }
        }
        #expect(kernel.table.indexOfLargest([.nan, .nan], count: 2) == 0)
        #expect(kernel.table.indexOfLargest([.nan, -.infinity], count: 2) <= 1)
    }

    @Test func bf16TiesGoToTheEvenNeighbour() throws {
        let kernel = try #require(KernelTable(.scalar, .bf16))
        let x: [Float] = [
            Float(bitPattern: 0x3f80_8000), Float(bitPattern: 0x3f81_8000), .nan,
            Float(bitPattern: 0x7f7f_ffff),
        ]
        let result = ElementBuffer(.bf16, count: 4)
        kernel.narrow(x, scale: 1, count: 4, into: result.base)
        #expect(result[0].bitPattern == 0x3f80_0000)
        #expect(result[1].bitPattern == 0x3f82_0000)
        #expect(result[2].isNaN)
        #expect(result[3] == .infinity)
    }
}
