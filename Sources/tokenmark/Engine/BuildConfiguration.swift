/// How this program was built: the times of a debug build are worth nothing.
enum BuildConfiguration {
    #if DEBUG
    static let isDebug = true
    #else
    static let isDebug = false
    #endif

    static var name: String { isDebug ? "debug" : "release" }
}
