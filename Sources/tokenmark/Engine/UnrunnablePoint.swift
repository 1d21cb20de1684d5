internal import Sweep

/// A point that does not fit this machine or this model.
struct UnrunnablePoint: PointSkippingError, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}
