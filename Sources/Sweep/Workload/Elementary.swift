/// Logarithm and exponential from additions, multiplications and divisions alone.
///
/// Those of the C library may differ in the last digit between versions and CPUs. These give the
/// same bits wherever a `Double` is that of IEEE 754, so that a seed is the same workload on every
/// machine.
enum Elementary {
    /// ln 2 in two parts: the first ends in zeros, so that its products with exponents are exact.
    ///
    /// Source: fdlibm, e_exp.c.
    private static let logarithmOf2 = (
        high: 6.93147180369123816490e-01, low: 1.90821492927058770002e-10
    )

    /// ln x, within some units of the last digit.
    ///
    /// x = m·2^e with m around 1; ln m = 2·artanh s = 2·(s + s³/3 + s⁵/5 + …), s = (m − 1)/(m + 1).
    /// As |s| < 0.172, s²⁶ is less than 2⁻⁶⁵.
    ///
    /// - Precondition: x is finite and greater than 0.
    static func logarithm(_ value: Double) -> Double {
        precondition(value > 0 && value.isFinite, "no logarithm of \(value)")
        var significand = value.significand
        var exponent = Double(value.exponent)
        if significand > 1.4142135623730951 {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var rest = 0.0
        for power in stride(from: 25.0, through: 3, by: -2) {
            rest = (rest + 1 / power) * square
        }
        return exponent * logarithmOf2.high
            + (exponent * logarithmOf2.low + 2 * ratio * (1 + rest))
    }

    /// e^x, within some units of the last digit; 0 or infinity where a `Double` cannot hold it.
    ///
    /// x = k·ln 2 + r with |r| ≤ ln 2/2, and e^r = 1 + r + r²/2! + … up to r²⁰/20!.
    ///
    /// - Precondition: x is a number.
    static func exponential(_ value: Double) -> Double {
        precondition(!value.isNaN, "no exponential of what is not a number")
        if value < -746 { return 0 }
        if value > 710 { return .infinity }
        let exponent = (value / (logarithmOf2.high + logarithmOf2.low)).rounded()
        let rest = (value - exponent * logarithmOf2.high) - exponent * logarithmOf2.low
        var sum = 1.0
        for power in stride(from: 20.0, through: 1, by: -1) {
            sum = 1 + sum * rest / power
        }
        return Double(sign: .plus, exponent: Int(exponent), significand: sum)
    }

    /// Φ⁻¹(p), the quantile of the normal distribution of mean 0 and deviation 1.
    ///
    /// Accurate to about 16 digits. Source: Wichura, Algorithm AS 241: The Percentage Points of the
    /// Normal Distribution, Applied Statistics 37 (1988), PPND16.
    ///
    /// - Precondition: p is between 0 and 1.
    static func normalQuantile(_ share: Double) -> Double {
        precondition(share > 0 && share < 1, "no quantile at \(share)")
        let distance = share - 0.5
        if abs(distance) <= 0.425 {
            let r = 0.180625 - distance * distance
            return distance * centre.value(at: r)
        }
        let tail = distance < 0 ? share : 1 - share
        let r = (-logarithm(tail)).squareRoot()
        let quantile = r <= 5 ? flank.value(at: r - 1.6) : end.value(at: r - 5)
        return distance < 0 ? -quantile : quantile
    }

    /// A fraction of two polynomials; their coefficients begin with the highest power.
    private struct Fraction {
        let numerator: [Double]
        let denominator: [Double]

        func value(at x: Double) -> Double {
            func sum(_ coefficients: [Double]) -> Double {
                coefficients.reduce(0) { $0 * x + $1 }
            }
            return sum(numerator) / sum(denominator)
        }
    }

    private static let centre = Fraction(
        numerator: [
            2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
            4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
            1.3314166789178437745e+2, 3.3871328727963666080e+0,
        ],
        denominator: [
            5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
            2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
            4.2313330701600911252e+1, 1,
        ])

    private static let flank = Fraction(
        numerator: [
            7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
            1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
            4.63033784615654529590e+0, 1.42343711074968357734e+0,
        ],
        denominator: [
            1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
            1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
            2.05319162663775882187e+0, 1,
        ])

    private static let end = Fraction(
        numerator: [
            2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
            2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
            5.46378491116411436990e+0, 6.65790464350110377720e+0,
        ],
        denominator: [
            2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
            7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
            5.99832206555887937690e-1, 1,
        ])
}
