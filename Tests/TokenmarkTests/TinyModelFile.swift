import Foundation
import TestSupport

/// A model file of a few kilobytes in a directory of its own, and room for reports beside it.
struct TinyModelFile {
    let directory = TemporaryDirectory()

    var path: String { directory.path("tiny.gguf") }

    init(_ change: (inout [UInt8]) -> Void = { _ in }) throws {
        var bytes = GGUFWriter.tinyModel().bytes()
        change(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: directory.path(name), encoding: .utf8)
    }
}
