extension Int {
    /// As the files of a model in parts are numbered: in five digits at least.
    var partNumber: String {
        let text = "\(self)"
        return String(repeating: "0", count: Swift.max(0, 5 - text.count)) + text
    }
}
