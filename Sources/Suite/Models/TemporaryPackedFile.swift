internal import Foundation
internal import Glibc
package import Machine
package import Qwen

/// A packed file without a name: it is gone when this process is, however that ends.
///
/// Worker processes open it by the path of our descriptor.
package final class TemporaryPackedFile {
    /// Valid in any process, as long as this object lives.
    package var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    private let descriptor: Int32

    /// Packs a model into the directory for temporary files (`TMPDIR`).
    ///
    /// - Throws: `MachineError` when the disk is full or refuses; `QwenError`.
    package init(_ source: ModelSource, tensors: any TensorSource, on pool: WorkerPool) throws {
        let directory = FileManager.default.temporaryDirectory.path
        Self.removeLeftovers(in: directory)
        let name = "\(directory)/tokenmark-\(getpid()).packed"
        defer { unlink(name) }
        _ = try PackedModelWriter(
            source.configuration, precision: source.precision, origin: source.path ?? "random"
        ).write(tensors, to: name, on: pool)
        descriptor = open(name, O_RDONLY | O_CLOEXEC)
        let error = ErrorNumber(errno)
        guard descriptor >= 0 else { throw MachineError.fileNotOpened(path: name, error: error) }
    }

    deinit {
        close(descriptor)
    }

    /// Removes what processes left that were killed while they packed.
    private static func removeLeftovers(in directory: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name.hasPrefix("tokenmark-") && name.contains(".packed") {
            let digits = name.dropFirst("tokenmark-".count).prefix { $0 != "." }
            if let process = pid_t(digits), kill(process, 0) != 0, errno == ESRCH {
                unlink("\(directory)/\(name)")
            }
        }
    }
}
