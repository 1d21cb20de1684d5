/// The version that reports carry.
enum ToolVersion {
    static let current = "0.1.0"
}
