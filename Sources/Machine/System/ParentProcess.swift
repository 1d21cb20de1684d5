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

    /// What that variable says of this process.
    package static var ownName: String { "\(getpid())@\(HostAddress.name)" }

    /// The process of that variable; nil without it, and where that is one of another host.
    package static var named: Int32? {
        guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
        let words = text.split(separator: "@", maxSplits: 1)
        guard words.count == 2, words[1] == HostAddress.name, let process = Int32(words[0]),
            process > 0
        else { return nil }
        return process
    }
}
