import Foundation
import Qwen
import TestSupport

extension GGUFModel {
    /// The model in a file of these bytes.
    ///
    /// The file is gone afterwards; its mapping stays.
    static func reading(_ bytes: [UInt8]) throws -> GGUFModel {
        let directory = TemporaryDirectory()
        return try withExtendedLifetime(directory) {
            let path = directory.path("model.gguf")
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return try GGUFModel(path: path)
        }
    }
}
