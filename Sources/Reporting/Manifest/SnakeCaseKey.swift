/// A property's name as JSON has it: `weightsBytes` becomes `weights_bytes`, `allowedCPUs`
/// `allowed_cpus`.
struct SnakeCaseKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ key: (any CodingKey)?) {
        stringValue = Self.snakeCase(key?.stringValue ?? "")
        intValue = key?.intValue
    }

    init?(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init?(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }

    /// Words begin at a capital after a small letter or digit, and at the last capital of a run
    /// that a small letter follows, unless that letter is the plural s of an abbreviation.
    static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        var result = ""
        for (index, letter) in letters.enumerated() {
            if letter.isUppercase, index > 0 {
                let previous = letters[index - 1]
                let next = index + 1 < letters.count ? letters[index + 1] : nil
                let afterNext = index + 2 < letters.count ? letters[index + 2] : nil
                let isPlural = next == "s" && (afterNext?.isUppercase ?? true)
                if !previous.isUppercase || (next?.isLowercase == true && !isPlural) {
                    result += "_"
                }
            }
            result += letter.lowercased()
        }
        return result
    }
}
