/// Seconds as a sum of features, each times a coefficient of its own that is not below 0.
///
/// Least squares of the relative errors, for noise grows with the time, with a pull towards a
/// prior: coefficients whose ratios are known about, and whose common scale is found from the data.
/// So one observation scales the prior, and what the data do not tell stays as the prior has it.
struct LinearFit {
    /// A relative error of 3 % of an observation weighs as much as one of 100 % of the prior.
    private static let pull = 0.03 * 0.03

    private let prior: [Double]
    /// Sums of x·xᵀ / y² and of x / y over the observations (x, y).
    private var products: [[Double]]
    private var sums: [Double]
    private(set) var coefficients: [Double]?

    /// - Parameter prior: coefficients up to a common factor, each above 0.
    init(prior: [Double]) {
        self.prior = prior
        products = Array(repeating: Array(repeating: 0, count: prior.count), count: prior.count)
        sums = Array(repeating: 0, count: prior.count)
    }

    /// Learns that `features` took `seconds`; what took no time says nothing.
    mutating func observe(_ features: [Double], seconds: Double) {
        guard seconds > 0, seconds.isFinite, features.contains(where: { $0 > 0 }) else { return }
        for row in features.indices {
            for column in features.indices {
                products[row][column] += features[row] * features[column] / (seconds * seconds)
            }
            sums[row] += features[row] / seconds
        }
        coefficients = solution()
    }

    /// What `features` take; nil before anything was observed.
    func seconds(_ features: [Double]) -> Double? {
        coefficients.map { zip($0, features).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// A fit that has these coefficients for its prior.
    var successor: LinearFit {
        guard let coefficients else { return self }
        // What is nothing here may be something there.
        let floor = scale / 10
        return LinearFit(prior: zip(coefficients, prior).map { max($0, $1 * floor) })
    }

    /// The factor that brings the prior nearest to the data.
    private var scale: Double {
        var projected = 0.0
        var squared = 0.0
        for row in prior.indices {
            projected += prior[row] * sums[row]
            for column in prior.indices {
                squared += prior[row] * products[row][column] * prior[column]
            }
        }
        return projected / squared
    }

    /// Coordinate descent, each coefficient kept from going below 0, in units of the scaled prior:
    /// the problem is convex, and the pull makes its solution the only one.
    private func solution() -> [Double] {
        let units = prior.map { $0 * scale }
        var shares = Array(repeating: 1.0, count: prior.count)
        for _ in 0..<200 {
            for row in shares.indices {
                let curvature = units[row] * products[row][row] * units[row] + Self.pull
                var rest = units[row] * sums[row] + Self.pull
                for column in shares.indices where column != row {
                    rest -= units[row] * products[row][column] * units[column] * shares[column]
                }
                shares[row] = max(0, rest / curvature)
            }
        }
        return zip(shares, units).map { $0 * $1 }
    }
}
