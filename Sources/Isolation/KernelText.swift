import FoundationEssentials
import Glibc

/// What the kernel says in its files.
enum KernelText {
    /// The first 16 KiB of a file; nil when it cannot be read.
    static func of(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The processes that a process has started, and those that these have; none of one that has ended.
    static func descendants(of process: pid_t) -> [pid_t] {
        let children = children(of: process)
        return children + children.flatMap { descendants(of: $0) }
    }

    /// The processes that a process has started itself.
    static func children(of process: pid_t) -> [pid_t] {
        let tasks = "/proc/\(process)/task"
        // Any of its threads may have started them.
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return threads.flatMap { thread in
            (of("\(tasks)/\(thread)/children") ?? "").split(separator: " ").compactMap {
                pid_t($0)
            }
        }
    }

    /// A line of a process's status that counts in KiB, in bytes; nil when that cannot be read.
    static func memory(_ name: String, of process: pid_t) -> Int? {
        of("/proc/\(process)/status")?.split(separator: "\n").first { $0.hasPrefix("\(name):") }
            .flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
    }
}
