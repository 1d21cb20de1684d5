package import Sweep

/// A point that does not fit this machine or this model.
package struct UnrunnablePoint: PointStatusError, CustomStringConvertible {
    package let reason: String

    package var status: Status { .skipped }

    package var description: String { reason }
}
