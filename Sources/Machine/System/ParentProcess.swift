import CLinuxShims
import Glibc

/// The process that started this one.
package enum ParentProcess {
    /// Lets this process die when its parent does, however that dies.
    package static func dieWithIt() {
        cls_die_with_parent()
    }

    /// Where a launcher stands in between, says who started that.
    package static let variable = "TOKENMARK_PARENT"

    /// The process of that variable; nil without it.
    package static var named: Int32? {
        getenv(variable).flatMap { Int32(String(cString: $0)) }.flatMap { $0 > 0 ? $0 : nil }
    }
}
