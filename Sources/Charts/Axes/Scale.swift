import Glibc

/// How values become lengths.
package struct Scale: Equatable, Sendable {
    package enum Kind: Sendable {
        case linear
        case logarithmic
    }

    package let kind: Kind
    /// The value at the beginning of the axis; above 0 if it is logarithmic.
    package let low: Double
    /// The value at its end; above ``low``.
    package let high: Double

    private init(_ kind: Kind, _ low: Double, _ high: Double) {
        self.kind = kind
        self.low = low
        self.high = high
    }

    /// From one value to another, as they are; where they make no scale, 0 to 1.
    package static func linear(from low: Double, to high: Double) -> Scale {
        guard low.isFinite, high.isFinite, low < high else { return Scale(.linear, 0, 1) }
        return Scale(.linear, low, high)
    }

    /// From one value to another, as they are; where they make no scale, 1 to 10.
    package static func logarithmic(from low: Double, to high: Double) -> Scale {
        guard low > 0, high.isFinite, low < high else { return Scale(.logarithmic, 1, 10) }
        return Scale(.logarithmic, low, high)
    }

    /// From tick to tick around the finite ones of the values, and around 0 unless told otherwise.
    package static func linear(covering values: [Double], fromZero: Bool = true) -> Scale {
        let finite = values.filter(\.isFinite) + (fromZero ? [0] : [])
        guard let least = finite.min(), let most = finite.max() else { return Scale(.linear, 0, 1) }
        // A single value needs room on both sides.
        let room = least < most ? 0 : max(abs(least) / 10, 1e-3)
        let (low, high) = (least == 0 ? 0 : least - room, most + room)
        let step = linearStep(from: low, to: high)
        return linear(
            from: (low / step).rounded(.down) * step, to: (high / step).rounded(.up) * step)
    }

    /// From a 1, 2 or 5 times a power of ten to another, around those of the values above 0.
    package static func logarithmic(covering values: [Double]) -> Scale {
        let possible = values.filter { $0.isFinite && $0 > 0 }
        guard let least = possible.min(), let most = possible.max() else {
            return Scale(.logarithmic, 1, 10)
        }
        let low = roundLogarithms(below: least)
        let high = roundLogarithms(above: most)
        guard low == high else { return logarithmic(from: low, to: high) }
        // A single round value needs room on both sides.
        return logarithmic(
            from: roundLogarithms(below: low * 0.9), to: roundLogarithms(above: high * 1.1))
    }

    /// Where a value lies: 0 at the beginning of the axis, 1 at its end, not limited to them.
    ///
    /// On a logarithmic axis what is not above 0 lies at the beginning.
    package func fraction(_ value: Double) -> Double {
        switch kind {
        case .linear: return (value - low) / (high - low)
        case .logarithmic:
            guard value > 0 else { return 0 }
            return log(value / low) / log(high / low)
        }
    }

    /// Whether a value can be drawn: it is finite and within the axis.
    package func contains(_ value: Double) -> Bool { value >= low && value <= high }
}
