import CLinuxShims

/// The process that started this one.
package enum ParentProcess {
    /// Lets this process die when its parent does, however that dies.
    package static func dieWithIt() {
        cls_die_with_parent()
    }
}
