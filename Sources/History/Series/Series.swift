package import Reporting

/// One metric of one point over the runs that measured the same thing on the same machine.
package struct Series: Equatable, Sendable {
    /// What is not compared with something else in a series.
    package struct Subject: Hashable, Sendable {
        package let model: String
        package let precision: String
        /// The comparability key; nil if the reports did not say.
        package let machine: String?

        /// As a heading has it.
        package var title: String {
            "\(visible(model)), \(visible(precision)), machine "
                + (machine.map { visible(String($0.prefix(8))) } ?? "unknown")
        }
    }

    /// What one run says.
    package struct Value: Equatable, Sendable {
        /// The id of the run.
        package let run: String
        package let startedAt: Timestamp
        package let value: Double
    }

    package let subject: Subject
    /// The name of the point.
    package let point: String
    /// Oldest first; at least one.
    package var values: [Value]
}
