import Glibc

extension Scale {
    /// The most ticks that an axis has.
    private static let mostTicks = 6

    /// Round values along the axis, with labels of the same number of decimals where it is linear.
    package var ticks: [Tick] {
        switch kind {
        case .linear: linearTicks
        case .logarithmic: logarithmicTicks
        }
    }

    /// The least of 1, 2 and 5 times the powers of ten that divides the range into at most five.
    ///
    /// After Heckbert, Nice Numbers for Graph Labels, Graphics Gems (1990).
    static func linearStep(from low: Double, to high: Double) -> Double {
        let least = (high - low) / Double(mostTicks - 1)
        let power = power(of: least)
        // The tolerance takes 0.2 / 0.1, which is not quite 2, as 2.
        let factor = [1, 2, 5].first { $0 * power >= least * (1 - 1e-9) } ?? 10
        return factor * power
    }

    private var linearTicks: [Tick] {
        let step = Self.linearStep(from: low, to: high)
        // A range too narrow for its values, or too wide for numbers, has no round values in it.
        guard step > 0, step.isFinite, abs(low / step) < 1e9, abs(high / step) < 1e9 else {
            return []
        }
        let decimals = max(0, -Int(log10(step * (1 + 1e-9)).rounded(.down)))
        let first = Int((low / step - 1e-9).rounded(.up))
        let last = Int((high / step + 1e-9).rounded(.down))
        guard first <= last else { return [] }
        return (first...last).map { index in
            let value = Double(index) * step
            return Tick(value, label: NumberText.grouped(value, decimals: decimals))
        }
    }

    /// As many of 1, of 1, 2, 5, or of all digits times the powers of ten as there is room for.
    private var logarithmicTicks: [Tick] {
        let sets: [[Double]] = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1]]
        let fitting = sets.map(values(times:)).first { $0.count <= Self.mostTicks }
        let decades = values(times: [1])
        let stride = (decades.count + Self.mostTicks - 1) / Self.mostTicks
        let values =
            fitting
            ?? decades.enumerated().filter { $0.offset.isMultiple(of: stride) }.map(\.element)
        guard values.count > 1 else {
            return Scale.linear(from: low, to: high).ticks
        }
        return values.map { value in
            let decimals = max(0, -Int(log10(value * (1 + 1e-9)).rounded(.down)))
            return Tick(value, label: NumberText.grouped(value, decimals: decimals))
        }
    }

    /// Those of the factors times the powers of ten that lie on the axis.
    private func values(times factors: [Double]) -> [Double] {
        let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
        let range = low * (1 - 1e-9)...high * (1 + 1e-9)
        return exponents.flatMap { exponent -> [Double] in
            let power = pow(10, Double(exponent))
            return factors.map { $0 * power }.filter(range.contains)
        }
    }

    /// The largest of 1, 2 and 5 times the powers of ten that is not above the value.
    static func roundLogarithms(below value: Double) -> Double {
        let power = power(of: value)
        return ([5, 2].first { $0 * power <= value * (1 + 1e-9) } ?? 1) * power
    }

    /// The least of 1, 2 and 5 times the powers of ten that is not below the value.
    static func roundLogarithms(above value: Double) -> Double {
        let power = power(of: value)
        return ([1, 2, 5].first { $0 * power >= value * (1 - 1e-9) } ?? 10) * power
    }

    /// The power of ten with as many digits.
    private static func power(of value: Double) -> Double {
        pow(10, log10(value).rounded(.down))
    }
}
