import Basics

/// Numbers drawn with the same bits on every machine.
extension SplitMix64 {
    /// Uniform in [0, 1): a multiple of 2⁻⁵³.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in (0, 1), both ends left out: an odd multiple of 2⁻⁵³.
    private mutating func innerUnit() -> Double {
        (Double(next() >> 12) + 0.5) * 0x1p-52
    }

    /// Exponential with the mean 1: −ln u.
    mutating func exponential() -> Double {
        -Elementary.logarithm(innerUnit())
    }

    /// Gamma with this shape and the scale 1, so that its mean is the shape.
    ///
    /// Source: Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, ACM Transactions
    /// on Mathematical Software 26 (2000); shapes below 1 by its last section.
    ///
    /// - Precondition: the shape is greater than 0.
    mutating func gamma(shape: Double) -> Double {
        precondition(shape > 0, "no gamma distribution of the shape \(shape)")
        if shape < 1 {
            let larger = gamma(shape: shape + 1)
            // u^(1/shape), which is 0 where it is too small for a Double.
            return larger * Elementary.exponential(-exponential() / shape)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = Elementary.normalQuantile(innerUnit())
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            let u = innerUnit()
            let square = x * x
            // The first is nearly always so, and saves the logarithms.
            if u < 1 - 0.0331 * square * square
                || Elementary.logarithm(u) < 0.5 * square + d * (1 - v + Elementary.logarithm(v))
            {
                return d * v
            }
        }
    }
}
