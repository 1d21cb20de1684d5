internal import Reporting
internal import Sweep

// How the values of config.ini become numbers, each failure naming section, key and value.
extension IniFile.Entry {
    func unknown(_ section: String, known: String) -> DriverConfigurationError {
        error(section, "is not a key of this section; known are \(known)")
    }

    func integer(
        _ section: String, in range: ClosedRange<Int>
    ) throws(DriverConfigurationError) -> Int {
        guard let number = Int(value), range ~= number else {
            throw error(
                section,
                "'\(value)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One number, or a list `1,2,4,8`.
    func integers(
        _ section: String, in range: ClosedRange<Int>
    ) throws(DriverConfigurationError) -> [Int] {
        var numbers: [Int] = []
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            let text = String(part.trimmed)
            guard let number = Int(text), range ~= number else {
                throw error(
                    section,
                    "'\(text)' is not a whole number from \(range.lowerBound) to "
                        + "\(range.upperBound); write 1 or 1,2,4,8")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// A list of pairs, `[[256,256],[512,512]]`, blanks and line ends between them allowed.
    func pairs(_ section: String) throws(DriverConfigurationError) -> [LengthPair] {
        let example = "write [[256,256],[512,512]]"
        let text = value.filter { !$0.isWhitespace }
        guard text.hasPrefix("[["), text.hasSuffix("]]") else {
            throw error(section, "'\(value)' is not a list of pairs; \(example)")
        }
        var pairs: [LengthPair] = []
        for part in text.dropFirst(2).dropLast(2).split(
            separator: "],[", omittingEmptySubsequences: false)
        {
            let numbers = part.split(separator: ",", omittingEmptySubsequences: false)
            guard numbers.count == 2, let input = Int(numbers[0]), let output = Int(numbers[1]),
                1...1_000_000 ~= input, 1...1_000_000 ~= output
            else {
                throw error(section, "[\(part)] is not a pair of positive numbers; \(example)")
            }
            pairs.append(LengthPair(input, output))
        }
        return pairs
    }

    /// A name without a folder, so that the table stays in its report directory, and none of another
    /// file there.
    func fileName(_ section: String) throws(DriverConfigurationError) -> String {
        guard !value.contains("/"), value != ".", value != ".." else {
            throw error(
                section, "'\(value)' names a folder; give a file name, and --report-dir the folder")
        }
        let name = value.hasSuffix(".tmp") ? String(value.dropLast(4)) : value
        guard !ReportDirectory.ownNames.contains(name.lowercased()) else {
            throw error(
                section,
                "'\(value)' is a file that every report has; give another name, such as "
                    + "performance.csv")
        }
        return value
    }

    private func error(_ section: String, _ problem: String) -> DriverConfigurationError {
        DriverConfigurationError(section: section, key: key, line: line, problem: problem)
    }
}
