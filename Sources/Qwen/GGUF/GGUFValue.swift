/// One value of a GGUF file's metadata.
package enum GGUFValue: Equatable, Sendable {
    case integer(Int)
    /// An unsigned number above `Int.max`, which no key of ours means to have.
    case huge(UInt64)
    case number(Double)
    case boolean(Bool)
    case text(String)
    case integers([Int])
    case numbers([Double])
    case booleans([Bool])
    case texts([String])
}
