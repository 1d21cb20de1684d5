package import Sweep

/// Why a worker process has no result for a point.
package struct WorkerFailure: PointStatusError, Equatable, CustomStringConvertible {
    package let status: Status
    package let reason: String

    package init(status: Status, reason: String) {
        self.status = status
        self.reason = reason
    }

    package var description: String { reason }
}
