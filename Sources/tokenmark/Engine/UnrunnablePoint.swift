internal import Sweep

/// A point that does not fit this machine or this model.
struct UnrunnablePoint: PointStatusError, CustomStringConvertible {
    let reason: String

    var status: Status { .skipped }

    var description: String { reason }
}
