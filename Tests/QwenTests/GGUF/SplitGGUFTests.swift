import Machine
import TestSupport
import Testing

@testable import Qwen

/// A model in several files, as llama.cpp's `llama-gguf-split` writes them.
@Suite struct SplitGGUFTests {
    private let directory = TemporaryDirectory()

    /// Three parts: all keys and no tensor, then the tensors in turn.
    private func write(
        _ change: (_ part: Int, inout GGUFWriter) -> Void = { _, _ in }
    ) -> [String] {
        let whole = GGUFWriter.tinyModel()
        return (0..<3).map { part in
            var writer = GGUFWriter()
            writer.keys = part == 0 ? whole.keys : []
            writer.keys += [
                ("split.no", .uint32(UInt32(part))), ("split.count", .uint32(3)),
                ("split.tensors.count", .uint32(UInt32(whole.tensors.count))),
            ]
            if part > 0 {
                writer.tensors = whole.tensors.indices.filter { $0 % 2 == part - 1 }.map {
                    whole.tensors[$0]
                }
            }
            change(part, &writer)
            return directory.write(
                writer.bytes(), to: "tiny-0000\(part + 1)-of-00003.gguf")
        }
    }

    private func problem(_ path: String) -> String {
        do {
            _ = try GGUFModel(path: path)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func theFirstPartReadsItsSiblings() throws {
        let paths = write()
        let model = try GGUFModel(path: paths[0])
        let whole = try GGUFModel.reading(GGUFWriter.tinyModel().bytes())
        #expect(model.paths == paths && model.configuration == whole.configuration)
        for role in TensorRole.all(whole.configuration) {
            #expect(
                model.values(role, whole.configuration) == whole.values(role, whole.configuration))
        }
    }

    @Test func anotherPartSaysToGiveTheFirst() {
        let paths = write()
        let problem = problem(paths[1])
        #expect(problem.contains("part 2 of 3") && problem.contains(paths[0]), "\(problem)")
    }

    @Test func aMissingPartIsNamed() {
        let paths = write()
        directory.removeFile("tiny-00003-of-00003.gguf")
        #expect(problem(paths[0]).contains(paths[2]))
    }

    @Test func partsOfAnotherModelAreRefused() {
        #expect(
            problem(write { if $0 == 1 { $1.set("split.no", .uint32(2)) } }[0])
                .contains("is not part 2 of 3"))
        #expect(
            problem(write { if $0 == 2 { $1.tensors.removeLast() } }[0])
                .contains("3 parts have"))
        #expect(
            problem(write { if $0 == 2 { $1.add("token_embd.weight", 8) } }[0])
                .contains("two of its parts have the tensor token_embd.weight"))
    }

    @Test func aRenamedPartSaysWhatItMustBeCalled() throws {
        let bytes = try #require(
            directory.bytes(String(write()[0].split(separator: "/").last ?? "")))
        let renamed = directory.write(bytes, to: "tiny.gguf")
        #expect(problem(renamed).contains("-00001-of-00003.gguf"))
    }

    @Test func aBrokenPartIsNamed() {
        let paths = write()
        directory.write("no GGUF file at all", to: "tiny-00002-of-00003.gguf")
        let problem = problem(paths[0])
        #expect(problem.contains(paths[1]) && problem.contains("is no GGUF file"), "\(problem)")
    }

    @Test func onlyTheFirstPartHasTheTokenizer() throws {
        func check(_ part: Int, as path: String) throws {
            let mapping = try MappedFile(path: write()[part])
            try withExtendedLifetime(mapping) {
                try GGUFFile(mapping.bytes).checkIsFirstPart(path)
            }
        }
        try check(0, as: "renamed.gguf")
        for (path, first) in [
            ("a-00002-of-00003.gguf", "give the first, a-00001-of-00003.gguf"),
            ("renamed.gguf", "give the first, whose name ends in -00001-of-00003.gguf"),
        ] {
            let error = #expect(throws: QwenError.self) { try check(1, as: path) }
            #expect(error?.description.hasSuffix("part 2 of 3 of a split model; \(first)") == true)
        }
    }
}
