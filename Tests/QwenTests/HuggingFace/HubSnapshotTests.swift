import Glibc
import Machine
import TestSupport
import Testing

@testable import Qwen

/// The cache of the Hugging Face hub, laid out as its client does.
@Suite struct HubSnapshotTests {
    private let directory = TemporaryDirectory()
    private let revision = "c1899de289a04d12100db370d81485cdf75e47ca"

    private func makeDirectory(_ name: String) {
        var path = directory.path
        for part in name.split(separator: "/") {
            path += "/\(part)"
            mkdir(path, 0o755)
        }
    }

    private func makeSnapshot(_ revision: String, of folder: String = "models--tiny--Tiny-0.1B") {
        makeDirectory("hub/\(folder)/snapshots/\(revision)")
        makeDirectory("hub/\(folder)/refs")
        makeDirectory("hub/\(folder)/blobs")
        directory.write("{}", to: "hub/\(folder)/blobs/0a1b")
        symlink(
            "../../blobs/0a1b", directory.path("hub/\(folder)/snapshots/\(revision)/config.json"))
    }

    @Test(arguments: [
        ("models--tiny--Tiny-0.1B", "tiny/Tiny-0.1B"), ("models--gpt2", "gpt2"),
        ("models--a--b--c", "a/b--c"),
    ])
    func theModelHasItsName(_ folder: String, _ name: String) {
        makeSnapshot(revision, of: folder)
        let path = directory.path("hub/\(folder)/snapshots/\(revision)")
        let snapshot = HubSnapshot(path: path)
        #expect(snapshot?.model == name)
        #expect(snapshot?.revision == revision)
        #expect(HubSnapshot(path: "\(path)/") == snapshot)
        // A file is a link to a blob, and still one of the snapshot.
        #expect(HubSnapshot(path: "\(path)/config.json") == snapshot)
        // A link to the snapshot is the snapshot.
        let link = directory.path("link-\(folder)")
        symlink(path, link)
        #expect(HubSnapshot(path: link) == snapshot)
        #expect(HubSnapshot(path: "\(link)/config.json") == snapshot)
        // The whole cache may lie elsewhere.
        #expect(HubSnapshot(path: "/none/\(folder)/snapshots/abc/model.gguf")?.model == name)
    }

    @Test func otherDirectoriesAreNone() {
        makeDirectory("models--x--y/other/z")
        #expect(HubSnapshot(path: directory.path) == nil)
        #expect(HubSnapshot(path: directory.path("models--x--y")) == nil)
        #expect(HubSnapshot(path: directory.path("models--x--y/other/z")) == nil)
        #expect(HubSnapshot(path: "none") == nil)
    }

    @Test func theOnlySnapshotIsTaken() throws {
        let folder = directory.path("hub/models--tiny--Tiny-0.1B")
        makeSnapshot(revision)
        let snapshot = "\(folder)/snapshots/\(revision)"
        #expect(try HubSnapshot.directory(of: folder) == snapshot)
        #expect(try HubSnapshot.directory(of: snapshot) == snapshot)
        let resolved = try #require(Directory.resolved(snapshot))
        for path in ["\(folder)/snapshots", "\(folder)/snapshots/"] {
            #expect(try HubSnapshot.directory(of: path) == resolved)
        }
        #expect(try HubSnapshot.directory(of: directory.path) == directory.path)
        #expect(try HubSnapshot.directory(of: "none") == "none")
        // A name that was never downloaded.
        directory.write("ffff\n", to: "hub/models--tiny--Tiny-0.1B/refs/main")
        #expect(try HubSnapshot.directory(of: folder) == snapshot)
    }

    @Test func ofSeveralMainIsTaken() throws {
        let folder = directory.path("hub/models--tiny--Tiny-0.1B")
        makeSnapshot(revision)
        makeSnapshot("0123")
        let error = #expect(throws: QwenError.self) { try HubSnapshot.directory(of: folder) }
        let text = error?.description ?? ""
        #expect(text.contains("the snapshots 0123, \(revision); give snapshots/…"), "\(text)")
        directory.write("0123", to: "hub/models--tiny--Tiny-0.1B/refs/main")
        #expect(try HubSnapshot.directory(of: folder) == "\(folder)/snapshots/0123")
        directory.write("\(revision)\n", to: "hub/models--tiny--Tiny-0.1B/refs/main")
        #expect(try HubSnapshot.directory(of: folder) == "\(folder)/snapshots/\(revision)")
    }

    @Test func aFolderWithoutASnapshotSaysSo() {
        makeDirectory("models--x--y/snapshots")
        let error = #expect(throws: QwenError.self) {
            try HubSnapshot.directory(of: directory.path("models--x--y"))
        }
        #expect(error?.description.contains("without a snapshot; download the model") == true)
    }
}
