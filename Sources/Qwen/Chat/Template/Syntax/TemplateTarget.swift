/// What a value is assigned to.
indirect enum TemplateTarget: Sendable {
    case name(String)
    case names([TemplateTarget])
    /// A member of a namespace.
    case member(of: String, String)
}
