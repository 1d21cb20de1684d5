/// The energy that went into a span of time, or why it is not known.
package enum EnergyReading: Equatable, Sendable {
    case joules(Double)
    case unknown(EnergyUnknown)

    /// Nil where it is not known, never 0 then.
    package var joules: Double? {
        if case .joules(let joules) = self { joules } else { nil }
    }

    /// Why it is not known; nil where it is.
    package var unknown: EnergyUnknown? {
        if case .unknown(let reason) = self { reason } else { nil }
    }
}
