internal import Foundation
internal import Machine
internal import Testing

/// A recorded machine, written out below a temporary directory for as long as the value lives.
///
/// The form of a record is told in `Fixtures/README.md`.
package final class RecordedMachine {
    /// The directory to pass as `root`.
    package let root: String

    /// The machine of this name in `Fixtures`, with files of the record replaced by those of
    /// `changes`.
    package convenience init(_ name: String, changes: String = "") throws {
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Fixtures"))
        try self.init(record: String(contentsOf: url, encoding: .utf8) + "\n" + changes)
    }

    package init(record: String) throws {
        root =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("recorded-machine-\(UUID().uuidString)").path
        try apply(record)
    }

    /// Writes the files of a record, in place of those that are there already.
    package func apply(_ record: String) throws {
        var lines = record.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasSuffix(" <<") {
                let content = lines.prefix { $0 != ">>" }
                lines = lines.dropFirst(content.count + 1)
                try write(content.joined(separator: "\n"), to: String(line.dropLast(3)))
            } else {
                let equals = try #require(line.firstRange(of: " = "), "no content: \(line)")
                let path = String(line[..<equals.lowerBound])
                try write(String(line[equals.upperBound...]), to: path)
            }
        }
    }

    /// Removes a file or a directory.
    package func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: "\(root)/\(path)")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    /// Writes the file, or one for each number of the path's braces.
    private func write(_ content: String, to path: String) throws {
        guard let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") else {
            let url = URL(fileURLWithPath: root).appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((content + "\n").utf8).write(to: url)
            return
        }
        for number in try CPUSet(parsing: String(path[path.index(after: open)..<close])).ids {
            try write(
                content.replacingOccurrences(of: "$", with: "\(number)"),
                to: path.replacingCharacters(in: open...close, with: "\(number)"))
        }
    }
}
