/// A key of `config.ini` whose value cannot be used.
package struct DriverConfigurationError: Error, Equatable, CustomStringConvertible {
    package let section: String
    package let key: String
    package let line: Int?
    package let problem: String

    package var description: String {
        let place = line.map { "line \($0): " } ?? ""
        return "\(place)[\(section)] \(key): \(problem)"
    }
}
