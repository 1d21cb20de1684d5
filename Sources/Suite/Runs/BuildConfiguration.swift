/// How this program was built: the times of a debug build are worth nothing.
package enum BuildConfiguration {
    #if DEBUG
    package static let isDebug = true
    #else
    package static let isDebug = false
    #endif

    package static var name: String { isDebug ? "debug" : "release" }
}
