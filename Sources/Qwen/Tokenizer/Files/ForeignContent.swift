/// What often lies under the name of a small text file in place of it, told by its first bytes.
enum ForeignContent: CustomStringConvertible {
    case pointer
    case page
    case utf16

    /// nil for anything else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func begins(with text: String) -> Bool {
            bytes.prefix(text.utf8.count).elementsEqual(text.utf8) { byte, other in
                (0x41...0x5a ~= byte ? byte + 32 : byte) == other
            }
        }
        if begins(with: "version https://git-lfs") {
            self = .pointer
        } else if begins(with: "<!doctype html") || begins(with: "<html") {
            self = .page
        } else if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            self = .utf16
        } else {
            return nil
        }
    }

    /// What it is, and the remedy.
    var description: String {
        switch self {
        case .pointer:
            "it is a pointer of Git LFS and not the file; fetch that with git lfs pull, or download it"
        case .page:
            "it is an HTML page and not the file; the server may ask for a login: download it again"
        case .utf16: "it is written in UTF-16; save it as UTF-8"
        }
    }
}
