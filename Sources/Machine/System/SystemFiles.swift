import CLinuxShims
import Glibc

/// The text files in which the kernel describes the machine, below a root that tests can choose.
///
/// Paths are relative to the root, without a leading slash: `sys/devices/system/cpu/online`.
struct SystemFiles: Sendable {
    /// The root, ending in a slash.
    let root: String

    init(root: String) {
        self.root = root.hasSuffix("/") ? root : root + "/"
    }

    /// Whether these files describe the machine this process runs on.
    var isLive: Bool { root == "/" }

    /// The absolute form of `path`, for messages.
    func absolute(_ path: String) -> String {
        root + path
    }

    /// The content of a file without surrounding white space; nil if it cannot be read.
    func text(_ path: String) -> String? {
        bytes(path).map { String(trimmed(String(decoding: $0, as: UTF8.self)[...])) }
    }

    /// The content of a file; nil if it cannot be read.
    func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open(absolute(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        // The size that fstat reports for these files is 0 or a page, so read to the end.
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
                count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
            }
            guard !chunk.isEmpty else { break }
            bytes += chunk
        }
        return bytes
    }

    /// The lines of a file; nil if it cannot be read.
    func lines(_ path: String) -> [Substring]? {
        text(path)?.split(separator: "\n")
    }

    /// The integer that a file holds; nil if the file is missing or holds something else.
    func integer(_ path: String) -> Int? {
        text(path).flatMap { Int($0) }
    }

    /// The CPU list that a file holds, empty if the file is empty; nil if there is no such file.
    func cpuSet(_ path: String) throws(MachineError) -> CPUSet? {
        guard let text = text(path) else { return nil }
        guard let set = CPUSet(kernelList: text) else {
            throw .malformed(path: absolute(path), text: text, expected: "a CPU list")
        }
        return set
    }

    /// The numbers N of the entries `<prefix>N` of a directory, ascending.
    func numbers(in directory: String, prefix: String) -> [Int] {
        guard let stream = opendir(absolute(directory)) else { return [] }
        defer { closedir(stream) }
        var numbers: [Int] = []
        while let entry = readdir(stream) {
            let name = String(cString: cls_entry_name(entry))
            let suffix = name.dropFirst(prefix.count)
            // "cpu+1" is no CPU, though Int would read its number.
            guard name.hasPrefix(prefix), suffix.first?.isWholeNumber == true,
                let number = Int(suffix)
            else { continue }
            numbers.append(number)
        }
        return numbers.sorted()
    }

    /// Whether this process may read a file.
    func isReadable(_ path: String) -> Bool {
        access(absolute(path), R_OK) == 0
    }

    /// Whether a file or directory exists.
    func exists(_ path: String) -> Bool {
        access(absolute(path), F_OK) == 0
    }

    /// The value of `key` in a file of `key: value` lines (`/proc/meminfo`, `/proc/cpuinfo`).
    func value(of key: String, in path: String) -> String? {
        lines(path).flatMap { value(of: key, in: $0) }
    }

    /// The value of the first line `key: value`, without surrounding white space.
    func value(of key: String, in lines: [Substring]) -> String? {
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), trimmed(line[..<colon]) == key[...] else {
                continue
            }
            return String(trimmed(line[line.index(after: colon)...]))
        }
        return nil
    }

    /// The bytes that a line such as `MemTotal:   24684092 kB` tells; nil if there is none.
    func kibibytes(of key: String, in path: String) -> Int? {
        lines(path).flatMap { kibibytes(of: key, in: $0) }
    }

    /// The bytes that a line such as `MemTotal:   24684092 kB` tells; nil if there is none.
    func kibibytes(of key: String, in lines: [Substring]) -> Int? {
        guard let value = value(of: key, in: lines) else { return nil }
        let words = value.split(separator: " ")
        guard words.count == 2, words[1] == "kB", let count = Int(words[0]) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }

    private func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
