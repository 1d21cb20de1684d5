/// The key that clients must show: `Authorization: Bearer KEY`.
package struct BearerKey: Sendable {
    private let key: [UInt8]

    /// - Parameter key: not empty, and without blanks and control characters, which no header can carry.
    package init?(_ key: String) {
        guard !key.isEmpty, key.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else { return nil }
        self.key = Array(key.utf8)
    }

    /// Whether a header's value shows the key.
    ///
    /// How long it takes depends on what was shown alone, so that nobody learns the key by guessing it
    /// character by character.
    package func admits(_ authorization: String?) -> Bool {
        guard let authorization, authorization.prefix(7).lowercased() == "bearer " else {
            return false
        }
        let shown = authorization.utf8.dropFirst(7).drop { $0 == UInt8(ascii: " ") }
        var difference = 0
        var count = 0
        for byte in shown {
            difference |= Int(byte ^ key[count % key.count])
            count += 1
        }
        return difference | (count ^ key.count) == 0
    }
}
